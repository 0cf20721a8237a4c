import { callTRPCProcedure } from '@trpc/server'
import { type Fleet, silentLog } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'
import { adminProcedure, botProcedure, type Context, router } from '../src/procedure.ts'
import { noInput } from '../src/procedures/fields.ts'

let acts = 0
const routes = router({
  unaudited: adminProcedure.input(noInput).mutation(() => ++acts),
  forBots: botProcedure.input(noInput).mutation(() => ++acts),
})

function call(path: string): Promise<unknown> {
  const ctx = {
    fleet: { log: silentLog } as Fleet,
    caller: { id: 'a', role: 'admin', label: 'a' },
    address: '127.0.0.1',
    limits: { read: (_caller, _name, _input, run) => run(), countRows() {} },
    requestId: 'r1',
    version: '1.2.3',
    pools: undefined,
    audit: null,
    call: null,
  } satisfies Context
  return callTRPCProcedure({
    router: routes,
    path,
    getRawInput: async () => ({}),
    ctx,
    type: 'mutation',
    signal: undefined,
    batchIndex: 0,
  })
}

describe('a mutation', () => {
  it('that is not for bots fails at its first call when it is not made of adminAct', async () => {
    await expect(call('unaudited')).rejects.toThrow('Make it of adminAct')
  })

  it('for bots needs no audit', async () => {
    await expect(call('forBots')).resolves.toBeGreaterThan(0)
  })
})
