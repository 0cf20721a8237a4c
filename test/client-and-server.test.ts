import {
  createEvolutionSender,
  isFleetError,
  isNotSent,
  type Reason as ReasonOfClient,
  type ServerErrorCode,
} from '@zapfleet/client'
import type { FleetErrorCode, Reason } from '@zapfleet/core'
import { createEvolution } from '@zapfleet/evolution'
import { type Fault, startSimulator } from '@zapfleet/simulator'
import { expect, expectTypeOf, test } from 'vitest'

// The client is installed without our other packages, so it repeats some values. These tests compare both sides.

test('the client has every code and every reason of the server, and no other', () => {
  expectTypeOf<ServerErrorCode>().toEqualTypeOf<FleetErrorCode>()
  expectTypeOf<ReasonOfClient>().toEqualTypeOf<Reason>()
})

const WRAPPED = { status: 400, error: 'Bad Request', response: { message: ['Error: Timed Out'] } }
const CRASHED = { status: 500, error: 'Internal Server Error', response: { message: 'Timed Out' } }

const ANSWERS: readonly [string, { name: string; number?: string; fault?: Fault; text?: string }][] = [
  ['a text that goes out', { name: 'open' }],
  ['a lost line', { name: 'lost' }],
  ['a lost connection, of a contact looked up before', { name: 'lost', number: '5511987654321' }],
  ['a number that never connected', { name: 'never' }],
  ['a number that shows its QR code', { name: 'pairing' }],
  ['an instance that is not there', { name: 'gone' }],
  ['a contact without WhatsApp', { name: 'open', number: '5511900000000' }],
  ['an empty text', { name: 'open', text: ' ' }],
  ['a wrapped error', { name: 'open', fault: { kind: 'status', code: 400, body: WRAPPED } }],
  ['a 500 in other words', { name: 'open', fault: { kind: 'status', code: 500, body: CRASHED } }],
  ['a lost answer', { name: 'open', fault: { kind: 'answer_lost' } }],
  ['a cut answer', { name: 'open', fault: { kind: 'cut_body' } }],
  ['half an answer', { name: 'open', fault: { kind: 'truncated' } }],
  ['a reset connection', { name: 'open', fault: { kind: 'reset' } }],
  ['a gateway alone', { name: 'open', fault: { kind: 'down' } }],
  ['a page of a proxy', { name: 'open', fault: { kind: 'html', code: 404 } }],
]

test('two verdicts on one answer, the bot’s and the server’s, agree on whether a text may have been sent', async () => {
  const simulator = await startSimulator({ timeScale: 0.01 })
  const { control, url, apiKey } = simulator
  const evolution = createEvolution({ url, apiKey })
  try {
    for (const [name, state] of [
      ['open', 'open'],
      ['lost', 'open'],
      ['never', 'close'],
      ['pairing', 'connecting'],
    ] as const)
      control.addInstance({ name, state })
    control.drop('lost')
    control.setNumberMissing('5511900000000', true)
    const server = async ({
      name,
      number = '5511911111111',
      text = 'hello',
    }: (typeof ANSWERS)[number][1]) => {
      const { sent } = await evolution.send(name, { number, text })
      return { yes: 'sent', no: 'not sent', maybe: 'maybe' }[sent]
    }
    const bot = async ({
      name,
      number = '5511911111111',
      text = 'hello',
    }: (typeof ANSWERS)[number][1]): Promise<string> => {
      try {
        await createEvolutionSender({ url, apiKey }).sendText({ name }, { number, text })
        return 'sent'
      } catch (error) {
        if (isNotSent(error)) return 'not sent'
        if (isFleetError(error, 'MAYBE_SENT')) return 'maybe'
        throw error
      }
    }
    for (const [what, how] of ANSWERS) {
      const judge = async (by: typeof bot): Promise<string> => {
        if (how.fault) control.fault({ ...how.fault, times: 1 })
        return by(how)
      }
      expect({ [what]: await judge(bot) }).toEqual({ [what]: await judge(server) })
    }
  } finally {
    await evolution.close()
    await simulator.close()
  }
})
