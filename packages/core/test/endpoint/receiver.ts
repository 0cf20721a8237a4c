import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a receiver got, in the order of arrival. */
export type Received = {
  id: string
  timestamp: string
  signature: string
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the events
  body: any
}

export type Receiver = {
  url: string
  port: number
  received: Received[]
  /** Ids in the order of their first arrival. */
  ids(): string[]
  close(): Promise<void>
}

/**
 * A receiver over real HTTP. `answer` decides on each event; default 204. Closed at the end of the test.
 */
export async function startReceiver(
  answer: (event: Received, response: ServerResponse, request: IncomingMessage) => void = (
    _event,
    response,
  ) => void response.writeHead(204).end(),
  port = 0,
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { headers } = request
    const event = {
      id: String(headers['webhook-id']),
      timestamp: String(headers['webhook-timestamp']),
      signature: String(headers['webhook-signature']),
      text,
      body: JSON.parse(text),
    }
    received.push(event)
    answer(event, response, request)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    port: address.port,
    received,
    ids: () => [...new Set(received.map(({ id }) => id))],
    close,
  }
}

/**
 * Verifies a signature as the specification describes it, independently of the sender's code: the HMAC-SHA256 of id, timestamp and body,
 * joined by dots, by the bytes after `whsec_`, and a timestamp within five minutes.
 */
export function isSigned(secret: string, { id, timestamp, signature, text }: Received): boolean {
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return false
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice(6), 'base64')
    : Buffer.from(secret, 'utf8')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`, 'utf8').digest()
  return signature.split(' ').some((one) => {
    const [version, value = ''] = one.split(',')
    const given = Buffer.from(value, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
}
