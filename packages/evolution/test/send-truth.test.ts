import { type FaultKind, startSimulator } from '@zapfleet/simulator'
import { expect, it } from 'vitest'
import { createEvolution, type OutgoingMessage, type SendVerdict } from '../src/index.ts'

const NAMES = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
const FAULTS: readonly FaultKind[] = [
  { kind: 'reset' },
  { kind: 'down' },
  { kind: 'html' },
  { kind: 'html', code: 429 },
  { kind: 'answer_lost' },
  { kind: 'cut_body' },
  { kind: 'truncated' },
  { kind: 'malformed' },
  { kind: 'slow_body', ms: 20 },
]

const faultOf = (n: number): FaultKind => FAULTS[n % FAULTS.length] ?? { kind: 'reset' }

/** Message n goes to a person of its own, so that the writes to that person are its writes. */
function messageOf(n: number): OutgoingMessage {
  const number = `55119${50_000_000 + n}`
  const source = n % 16 === 3 ? { url: 'http://127.0.0.1:9/a' } : { base64: 'UERG' }
  if (n % 4 === 0) return { number, media: { kind: 'image', ...source } }
  if (n % 4 === 3) return { number, media: { kind: 'audio', ...source } }
  return { number, text: `n${n}` }
}

it('a verdict is true whatever fails: yes is one write, no is none, maybe is at most one', async () => {
  const simulator = await startSimulator({ timeScale: 0.001 })
  const { control, url, apiKey } = simulator
  const evolution = createEvolution({ url, apiKey, connections: 16, timeouts: { sendMs: 1_500 } })
  const total = 960
  const verdicts: SendVerdict[] = []
  try {
    for (const name of NAMES) control.addInstance({ name })
    control.sendMishaps({ seed: 11, hangBefore: 0.02, hangAfter: 0.02, refused: 0.02 })
    control.whatsappLatency(2)
    let next = 0
    const sendInTurn = async (): Promise<void> => {
      while (next < total) {
        const n = next++
        const name = NAMES[n % NAMES.length] ?? ''
        if (n % 9 === 0) control.fault({ ...faultOf(n / 9), match: { route: 'message' }, times: 1 })
        if (n % 160 === 50) control.drop(name, { forMs: 30 })
        if (n % 160 === 90) control.restartEvolution({ absentMs: 10 })
        if (n % 160 === 120) control.databaseAway(true)
        if (n % 160 === 126) control.databaseAway(false)
        if (n % 160 === 130) control.uploadsFail(true)
        if (n % 160 === 140) control.uploadsFail(false)
        const cancel = new AbortController()
        const sending = evolution.send(name, messageOf(n), { signal: cancel.signal })
        if (n % 40 === 7) setTimeout(() => cancel.abort(), n % 7)
        verdicts[n] = await sending
      }
    }
    await Promise.all(Array.from({ length: 24 }, sendInTurn))
  } finally {
    await evolution.close({ graceMs: 0 })
  }
  // A send that was given up may still be written: its write comes before this message of the same number, whose writes are in order.
  control.sendMishaps(null)
  control.clearFaults()
  const last = createEvolution({ url, apiKey })
  for (const name of NAMES)
    await expect
      .poll(() => last.send(name, { number: '5511900000000', text: 'last' }), { timeout: 60_000 })
      .toMatchObject({ sent: 'yes' })
  await last.close()

  const wrong = verdicts.flatMap(({ sent }, n) => {
    const to = messageOf(n).number
    const writes = Object.values(control.received(to)).flat().length
    const isTrue = sent === 'yes' ? writes === 1 : sent === 'no' ? writes === 0 : writes <= 1
    return isTrue ? [] : [{ n, writes, verdict: verdicts[n] }]
  })
  await simulator.close()
  expect(wrong).toEqual([])
  expect(verdicts).toHaveLength(total)
  const whys = new Set(verdicts.map((verdict) => (verdict.sent === 'yes' ? 'yes' : verdict.why)))
  expect([...whys]).toEqual(
    expect.arrayContaining([
      ...['yes', 'no_answer', 'strange_answer'],
      ...['line_down', 'database_away', 'server_failed', 'media_unavailable', 'refused'],
    ]),
  )
})
