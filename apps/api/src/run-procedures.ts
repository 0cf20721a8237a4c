import { type AnyTRPCRouter, getTRPCErrorFromUnknown } from '@trpc/server'

/** What tRPC gives a procedure. */
type Call = {
  path: string
  type: string
  ctx: object
  getRawInput: () => Promise<unknown>
  signal: AbortSignal | undefined
  batchIndex: number
}
/** What a middleware gets. */
type Options = Call & {
  meta: object | undefined
  input: unknown
  next: (given?: Partial<Options>) => Promise<Result>
}
type Result = { ok: true; data: unknown } | { ok: false; error: Error }
type Middleware = (options: Options) => Promise<Result>
type Procedure = { _def: { middlewares: readonly Middleware[]; meta?: object } }

/**
 * Runs the middlewares of each procedure as tRPC does: the same order, options and errors. tRPC itself copies all options two times for each
 * middleware, property by property, which was a fifth of the processor time of a reserve over HTTP.
 *
 * @returns the same router
 */
export function withOwnRunner<Router extends AnyTRPCRouter>(router: Router): Router {
  const procedures = router._def.procedures as Record<string, Procedure>
  for (const [path, procedure] of Object.entries(procedures))
    procedures[path] = Object.assign(runnerOf(procedure._def), procedure)
  return router
}

function runnerOf({ middlewares, meta }: Procedure['_def']): (call: Call) => Promise<unknown> {
  /** @param options an object for this call of the middleware alone */
  const run = async (at: number, options: Options): Promise<Result> => {
    options.next = (given) =>
      run(at + 1, {
        ...options,
        ctx: given?.ctx ? { ...options.ctx, ...given.ctx } : options.ctx,
        input: given && 'input' in given ? given.input : options.input,
        getRawInput: given?.getRawInput ?? options.getRawInput,
      })
    try {
      return await (middlewares[at] as Middleware)(options)
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) }
    }
  }
  return async ({ path, type, ctx, getRawInput, signal, batchIndex }) => {
    // All properties at once: V8 is slow where an object that was copied gets further ones.
    const result = await run(0, {
      path,
      type,
      ctx,
      getRawInput,
      signal,
      batchIndex,
      meta,
      input: undefined,
      next,
    })
    if (result.ok) return result.data
    throw result.error
  }
}

const next = (): never => {
  throw new Error('run replaces this before the first middleware')
}
