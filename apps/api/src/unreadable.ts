import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

type ParserError = Error & { code?: string }

const TOO_LARGE = {
  status: '431 Request Header Fields Too Large',
  message:
    'The URL and the headers are larger than 16 KiB together. Send less, or send the input in the body of a POST.',
}
const TOO_SLOW = {
  status: '408 Request Timeout',
  message: 'The request did not arrive whole in time. Send it again.',
}
const NO_HTTP = { status: '400 Bad Request', message: 'This is no HTTP request that can be read.' }
const EXPECTATION = 'The header Expect is understood as 100-continue only.'

/**
 * Fastify's clientErrorHandler: answers a request that Node's parser refused, and closes the connection. The path was not read,
 * so the body has both shapes: `error` as of REST, and `detail` as of the legacy routes.
 */
export function answerUnreadable(error: ParserError, socket: Socket): void {
  // The client has gone.
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { status, message } = problemOf(error)
  const body = refusalBody(message)
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    )
  socket.destroy(error)
}

/** Node's `checkExpectation`: answers an Expect that is not 100-continue. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  response.end(refusalBody(EXPECTATION))
}

function problemOf({ code }: ParserError) {
  if (code === 'HPE_HEADER_OVERFLOW') return TOO_LARGE
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? TOO_SLOW : NO_HTTP
}

function refusalBody(message: string): string {
  return JSON.stringify({ error: { code: 'INVALID_INPUT', message }, detail: message })
}
