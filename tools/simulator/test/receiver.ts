import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Json } from './open-simulator.ts'

/** A call that arrived at a webhook. */
export type Received = { path: string; headers: IncomingHttpHeaders; body: Json; at: number }

/** A webhook's receiver: `status` is its answer from now on, to every call or to the nth (from 1). */
export type Receiver = {
  url: string
  got: Received[]
  status: number | ((nth: number) => number)
  words(): string[]
}

/** Starts a receiver on a free port, and stops it after the test. */
export async function openReceiver(status: Receiver['status'] = 200): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    got: [],
    status,
    /** The events in the order of arrival; a connection event with its state. */
    words: () =>
      receiver.got.map(({ body }) =>
        body.event === 'connection.update' ? `${body.event} ${body.data.state}` : body.event,
      ),
  }
  const server = createServer((request, answer) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      receiver.got.push({
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(text),
        at: Date.now(),
      })
      const { status } = receiver
      answer.writeHead(typeof status === 'number' ? status : status(receiver.got.length)).end()
    })
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return receiver
}
