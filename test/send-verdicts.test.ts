import { createEvolutionSender, isNotSent, judgeSendAnswer, SendFailure } from '@zapfleet/client'
import type { ReleaseCause as ReleaseCauseOfCore } from '@zapfleet/core'
import { createEvolution, type OutgoingMessage, type SendVerdict } from '@zapfleet/evolution'
import { judgeSendAnswer as judge, type ReleaseCause } from '@zapfleet/sending'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, expect, expectTypeOf, test } from 'vitest'

// The client and the server judge a send by one piece of code, packages/sending. Each adds its own transport, so the
// verdicts are compared over HTTP, for each kind of message.

const number = '5511987654321'
const MESSAGES: Readonly<Record<string, OutgoingMessage>> = {
  text: { number, text: 'hello' },
  image: { number, media: { kind: 'image', base64: 'iVBORw0KGgo=' } },
  voice: { number, media: { kind: 'audio', base64: 'T2dnUw==' } },
}

const ANSWERS: readonly [status: number, message: unknown][] = [
  [500, "Cannot read properties of undefined (reading 'textMessage')"],
  [500, "Cannot read properties of undefined (reading 'find')"],
  [400, ['Error: Connection Closed']],
  [400, ['1006']],
  [500, 'Internal Server Error'],
  [500, "database error: Can't reach database server at `127.0.0.1:5432`"],
  [500, ['Error: Media upload failed on all hosts']],
  [400, ['Error: Media upload failed on all hosts']],
  [500, ['Error: connect ECONNREFUSED 127.0.0.1:9']],
  [404, 'Request failed with status code 404'],
  [400, ['Error: Timed Out']],
  [400, ['[object Object]']],
  [400, ['Text is required']],
  [400, [{ jid: 'x@s.whatsapp.net', exists: false, number: 'x' }]],
  [401, 'Unauthorized'],
  [404, ['The "a1" instance does not exist']],
  [502, 'Bad Gateway'],
]

const simulator = await startSimulator({ timeScale: 0 })
const { url, apiKey, control } = simulator
const evolution = createEvolution({ url, apiKey })
const sender = createEvolutionSender({ url, apiKey, startGraceMs: 0 })
control.addInstance({ name: 'a1' })
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})

test('the client exports the judge of packages/sending, and core has its causes', () => {
  expect(judgeSendAnswer).toBe(judge)
  expectTypeOf<ReleaseCause>().toEqualTypeOf<ReleaseCauseOfCore>()
})

async function byClient(message: OutgoingMessage): Promise<SendVerdict> {
  try {
    const sent =
      'text' in message
        ? await sender.sendText({ name: 'a1' }, message)
        : await sender.sendMedia({ name: 'a1' }, message)
    return { sent: 'yes', ...sent }
  } catch (error) {
    const { cause } = error as Error
    if (!(cause instanceof SendFailure)) throw error
    expect(isNotSent(error)).toBe(cause.verdict.sent === 'no')
    return cause.verdict
  }
}

/** Without the words, of which those of the server are redacted. */
function decided(verdict: SendVerdict): object {
  return verdict.sent === 'yes' ? verdict : { ...verdict, words: null }
}

test.each(
  Object.entries(MESSAGES).flatMap(([kind, message]) =>
    ANSWERS.map(([status, answer]): [string, number, unknown, OutgoingMessage] => [
      kind,
      status,
      answer,
      message,
    ]),
  ),
)(
  'client and server give one verdict on a %s that is answered with %i %j',
  async (_kind, code, answer, message) => {
    const body = { status: code, error: 'Error', response: { message: answer } }
    control.fault({ kind: 'status', code, body, match: { route: '/message' }, times: 2 })
    const verdicts = [await byClient(message), await evolution.send('a1', message)]
    expect(verdicts.map(decided)).toEqual([
      decided(verdicts[0] as SendVerdict),
      decided(verdicts[0] as SendVerdict),
    ])
    expect(control.sent()).toEqual([])
  },
)
