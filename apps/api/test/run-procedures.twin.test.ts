import { type AnyTRPCRouter, callTRPCProcedure, initTRPC, TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { withOwnRunner } from '../src/run-procedures.ts'

type Context = { caller: string | null; steps: string[] }

/** Procedures with every way in which a middleware can call the next one, or fail. */
function makeRouter() {
  const trpc = initTRPC.context<Context>().meta<{ mark?: string }>().create({ isDev: false })
  const stepped = trpc.procedure.meta({ mark: 'm' }).use(async ({ ctx, path, type, meta, input, next }) => {
    ctx.steps.push(`before ${type} ${path} ${meta?.mark} ${input}`)
    const result = await next({ ctx: { caller: ctx.caller ?? 'none', isGuarded: true } })
    ctx.steps.push(result.ok ? `answered ${JSON.stringify(result.data)}` : `failed ${result.error.code}`)
    return result
  })
  const words = z.strictObject({ word: z.string() })
  return trpc.router({
    answers: stepped
      .input(words)
      .output(z.object({ word: z.string() }))
      .mutation(({ ctx, input, path }) => ({ word: `${ctx.caller} ${input.word} ${path}`, more: 1 })),
    overridesContext: stepped
      .use(({ ctx, next }) => next({ ctx: { caller: `${ctx.caller}!` } }))
      .query(({ ctx }) => [ctx.caller, ctx.isGuarded]),
    overridesRawInput: stepped
      .use(({ next }) => next({ getRawInput: async () => ({ word: 'raw' }) }))
      .input(words)
      .mutation(({ input }) => input.word),
    runsTwice: stepped
      .use(async ({ next }) => {
        await next()
        return next()
      })
      .mutation(({ ctx }) => ctx.steps.push('ran')),
    answersAlone: stepped
      .use(async ({ ctx, next }) => {
        const result = await next()
        return result.ok
          ? { ...result, data: 'other' }
          : { ...result, error: new TRPCError({ code: 'CONFLICT', message: ctx.caller }) }
      })
      .input(words)
      .mutation(() => 'own'),
    throws: stepped.mutation(() => {
      throw new Error('defect')
    }),
    refuses: stepped.mutation(() => {
      throw new TRPCError({ code: 'FORBIDDEN', message: 'no' })
    }),
    answersWrongly: stepped.output(z.string()).mutation(() => 7 as unknown as string),
    failsBefore: stepped
      .use(() => {
        throw new RangeError('early')
      })
      .mutation(() => 'never'),
  })
}

/** What a call answered or threw, and what its middlewares did. */
async function outcomeOf(router: AnyTRPCRouter, path: string, rawInput: unknown) {
  const ctx: Context = { caller: null, steps: [] }
  const type = path === 'overridesContext' ? 'query' : 'mutation'
  const call = {
    router,
    path,
    type,
    ctx,
    getRawInput: async () => rawInput,
    signal: undefined,
    batchIndex: 0,
  } as const
  try {
    return { data: await callTRPCProcedure(call), ctx }
  } catch (error) {
    const { name, code, message, cause } = error as TRPCError
    return { error: { name, code, message, cause: cause?.message }, ctx }
  }
}

describe('our runner of middlewares', () => {
  const stock = makeRouter()
  const own = withOwnRunner(makeRouter())

  it.each(Object.keys(stock._def.procedures))('%s: does what that of tRPC does', async (path) => {
    for (const input of [{ word: 'oi' }, { word: 1 }, undefined]) {
      const expected = await outcomeOf(stock, path, input)
      expect(expected.ctx.steps.length).toBeGreaterThan(1)
      expect(await outcomeOf(own, path, input)).toEqual(expected)
    }
  })

  it('leaves the definitions of the procedures as they are', async () => {
    const { _def } = own._def.procedures.answers
    expect(_def.type).toBe('mutation')
    await expect(own.createCaller({ caller: 'Ana', steps: [] }).answers({ word: 'oi' })).resolves.toEqual({
      word: 'Ana oi answers',
    })
  })
})
