import { expect, it } from 'vitest'
import { pair } from '../src/pairing/pair.ts'
import type { Code, PairingReporter } from '../src/pairing/report-pairing.ts'
import type { Session } from '../src/session.ts'

const code = (text: string): Code => ({
  state: 'qr',
  base64: `data:image/png;base64,${text}`,
  code: text,
  pairingCode: null,
  count: 1,
  expiresAt: null,
})

it('reports the code that create answered at once, and not again when the stream brings it', async () => {
  const reported: string[] = []
  const reporter: PairingReporter = {
    code: (one) => reported.push(one.code ?? ''),
    waiting: (reason) => reported.push(reason),
    away() {},
    back() {},
    end: ({ kind }) => reported.push(kind),
  }
  const subscribe = (_input: object, callbacks: { onData(pairing: object): void; onComplete(): void }) => {
    expect(reported).toEqual(['first'])
    for (const pairing of [
      code('first'),
      code('second'),
      { state: 'not_ready', reason: 'qr_pending', retryAfterMs: 1_000 },
      code('second'),
      { state: 'already_connected' },
    ])
      callbacks.onData(pairing)
    callbacks.onComplete()
    return { unsubscribe() {} }
  }
  const session = {
    world: { now: () => 0, interrupted: new AbortController().signal },
    call: {},
    client: () => ({ instance: { onPairing: { subscribe }, get: { query: async () => ({ name: 'um' }) } } }),
  } as unknown as Session
  const end = await pair(session, reporter, { name: 'um' }, { timeoutMs: null, first: code('first') })
  expect(end).toEqual({ kind: 'connected', instance: { name: 'um' } })
  expect(reported).toEqual(['first', 'second', 'qr_pending', 'second', 'connected'])
})
