import { judgeSendAnswer } from '@zapfleet/client'
import { createEvolution, EvolutionError } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, expect, test } from 'vitest'

// The client is installed alone and has its own copy of the table of verdicts on sendText: both files are compared
// here, word by word.

/** Before a send, Evolution 2.3.6 answers thrown texts as a 500; during it, it wraps them into the list of a 400. */
const MEASURED: readonly [status: number, message: unknown, judged: Judged][] = [
  ...[
    "Cannot read properties of undefined (reading 'textMessage')",
    "Cannot read properties of undefined (reading 'onWhatsApp')",
    "Cannot read properties of undefined (reading 'find')",
    'Connection Closed',
  ].map((words): [number, unknown, Judged] => [500, words, { maybeSent: false, isLineDown: true }]),
  ...[
    'Error: Connection Closed',
    "TypeError: Cannot read properties of undefined (reading 'sendMessage')",
    "TypeError: Cannot read properties of undefined (reading 'id')",
    '1000',
    '1006',
    '1015',
  ].map((words): [number, unknown, Judged] => [400, [words], { maybeSent: false, isLineDown: true }]),
  ...[
    'Internal Server Error',
    'Timed Out',
    "database error: Can't reach database server at `127.0.0.1:5432`",
    "\nInvalid `prisma.instance.findMany()` invocation:\n\n\nCan't reach database server",
    '',
  ].map((words): [number, unknown, Judged] => [500, words, { maybeSent: false, isLineDown: false }]),
  ...[
    'Error: Timed Out',
    'PrismaClientKnownRequestError: after the send',
    '[object Object]',
    'TypeError: x',
  ].map((words): [number, unknown, Judged] => [400, [words], { maybeSent: true, isLineDown: false }]),
  [400, ['Text is required'], { maybeSent: false, isLineDown: false }],
  [400, [['instance requires property "text"']], { maybeSent: false, isLineDown: false }],
  [400, [{ jid: 'x@s.whatsapp.net', exists: false, number: 'x' }], { maybeSent: false, isLineDown: false }],
  [401, 'Unauthorized', { maybeSent: false, isLineDown: false }],
  [404, ['The "a1" instance does not exist'], { maybeSent: false, isLineDown: false }],
  [404, ['Cannot POST /message/sendText/a1'], { maybeSent: false, isLineDown: false }],
  [502, 'Bad Gateway', { maybeSent: true, isLineDown: false }],
  [503, 'Service Unavailable', { maybeSent: true, isLineDown: false }],
]

type Judged = { maybeSent: boolean; isLineDown: boolean }

function byClient(status: number, body: unknown): Judged {
  const verdict = judgeSendAnswer({ status, body })
  return {
    maybeSent: verdict.sent !== 'no',
    isLineDown: verdict.sent === 'no' && (verdict.why === 'line_down' || verdict.why === 'starting'),
  }
}

const simulator = await startSimulator({ timeScale: 0 })
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
simulator.control.addInstance({ name: 'a1' })
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})

async function byServer(status: number, body: unknown): Promise<Judged> {
  simulator.control.fault({ kind: 'status', code: status, body, match: { route: '/message' }, times: 1 })
  const error: unknown = await evolution.sendText('a1', { number: '5511987654321', text: 'hello' }).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EvolutionError)) throw new Error('expected an EvolutionError')
  return { maybeSent: error.maybeActed, isLineDown: error.refusal === 'not_connected' }
}

test.each(MEASURED)(
  'both tables give the same verdict on an answer to sendText: %i %j',
  async (status, message, judged) => {
    const body = { status, error: 'Error', response: { message } }
    expect([byClient(status, body), await byServer(status, body)]).toEqual([judged, judged])
  },
)
