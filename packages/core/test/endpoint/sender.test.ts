import type { lookup } from 'node:dns'
import { afterAll, expect, it } from 'vitest'
import { openWebhookSender } from '../../src/endpoint/open-webhook-sender.ts'
import { isSigned, startReceiver } from './receiver.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const EVENT = { id: 'test-1', body: '{"type":"test"}' }

/** Resolves every name to these addresses, in the forms of `dns.lookup`. */
const resolving = (...addresses: string[]): typeof lookup =>
  ((_host: string, options: { all?: boolean }, callback: (...answer: unknown[]) => void) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    setImmediate(() => (options.all ? callback(null, all) : callback(null, all[0]?.address, all[0]?.family)))
  }) as unknown as typeof lookup

const senders = { plain: openWebhookSender() }
afterAll(() => senders.plain.close())

const sendingTo = async (address: string, url: string) => {
  const sender = openWebhookSender({ lookup: resolving(...address.split(' ')) })
  try {
    return await sender.post(url, SECRET, EVENT)
  } finally {
    await sender.close()
  }
}

it('posts JSON with the three headers of Standard Webhooks, whose signature a receiver verifies', async () => {
  const receiver = await startReceiver()
  expect(await senders.plain.post(`${receiver.url}?a=1`, SECRET, EVENT)).toMatchObject({ status: 204 })
  const [event] = receiver.received
  if (event === undefined) throw new Error('nothing was received')
  expect(event).toMatchObject({ id: 'test-1', text: EVENT.body })
  expect(isSigned(SECRET, event)).toBe(true)
  expect(isSigned('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', event)).toBe(false)
  expect(isSigned(SECRET, { ...event, text: '{"type":"other"}' })).toBe(false)
  expect(isSigned(SECRET, { ...event, id: 'test-2' })).toBe(false)
})

it('resolves names, and posts where none of the addresses is refused', async () => {
  const receiver = await startReceiver()
  const url = `http://bot.internal:${receiver.port}/hook`
  expect(await sendingTo('127.0.0.1', url)).toMatchObject({ status: 204 })
  expect(receiver.received).toHaveLength(1)
})

it.each([
  '169.254.169.254',
  '127.0.0.1 169.254.169.254',
  'fe80::1',
  '::ffff:169.254.169.254',
  'fd00:ec2::254',
])('connects to no name that resolves to %s', async (addresses) => {
  const receiver = await startReceiver()
  const attempt = await sendingTo(addresses, `http://bot.internal:${receiver.port}/hook`)
  expect(attempt).toEqual({
    status: null,
    error: expect.stringMatching(/^bot\.internal is a link-local address/),
  })
  expect(receiver.received).toEqual([])
})

it('connects to no link-local address', async () => {
  const attempt = await senders.plain.post('http://169.254.169.254/latest', SECRET, EVENT)
  expect(attempt).toEqual({ status: null, error: expect.stringContaining('169.254.169.254 is a link-local') })
})

it('does not follow redirects', async () => {
  const aim = await startReceiver()
  const receiver = await startReceiver((_event, response) => {
    response.writeHead(307, { location: aim.url }).end()
  })
  expect(await senders.plain.post(receiver.url, SECRET, EVENT)).toMatchObject({ status: 307 })
  expect(aim.received).toEqual([])
})

it('reports a receiver that is down, one that breaks the connection, and one that does not answer', async () => {
  const down = await startReceiver()
  await down.close()
  expect(await senders.plain.post(down.url, SECRET, EVENT)).toEqual({
    status: null,
    error: 'no answer: ECONNREFUSED',
  })
  const breaking = await startReceiver((_event, _response, request) => void request.socket.destroy())
  expect(await senders.plain.post(breaking.url, SECRET, EVENT)).toMatchObject({
    status: null,
    error: expect.stringMatching(/^no answer: (UND_ERR_SOCKET|ECONNRESET)$/),
  })
  const silent = await startReceiver(() => {})
  const impatient = openWebhookSender({ timeoutMs: 300 })
  expect(await impatient.post(silent.url, SECRET, EVENT)).toEqual({
    status: null,
    error: 'no answer within 0.3 s',
  })
  await impatient.close()
})

it('does not wait for the end of an answer, and reads what the receiver requests for the next attempt', async () => {
  const receiver = await startReceiver((_event, response) => {
    response.writeHead(429, { 'retry-after': '7' })
    response.write('x')
  })
  expect(await senders.plain.post(receiver.url, SECRET, EVENT)).toEqual({ status: 429, retryAfterS: 7 })
})
