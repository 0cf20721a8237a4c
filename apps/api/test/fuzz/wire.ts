import { connect } from 'node:net'

/** A request down to its bytes, including those that no correct client sends. */
export type WireRequest = {
  method: string
  /** The request target, as in the first line. */
  target: string
  headers: readonly (readonly [string, string])[]
  body: Buffer | null
}

/**
 * An answer. `status` 0: the server closed the connection without one. A stream of events is cut after its first
 * bytes.
 */
export type WireAnswer = { status: number; headers: Map<string, string>; body: string; tookMs: number }

/** Longer than any call may take on a busy machine: a creation waits up to 15 s for its QR code on an idle one. */
const LONGEST_MS = 360_000

/** Sends one request over a connection of its own and reads the answer to its end. */
export function sendOnWire(address: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(address)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    const chunks: Buffer[] = []
    let isDone = false
    const end = (): void => {
      if (isDone) return
      isDone = true
      socket.destroy()
      resolve(readAnswer(Buffer.concat(chunks), performance.now() - startedAt))
    }
    socket.setTimeout(LONGEST_MS, () => {
      isDone = true
      socket.destroy()
      reject(
        new Error(`No answer within ${LONGEST_MS} ms to ${request.method} ${request.target.slice(0, 200)}`),
      )
    })
    socket.on('connect', () => socket.write(bytesOf(request)))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (
        chunks.length < 5 &&
        /content-type: text\/event-stream[\s\S]*\r\n\r\n./i.test(chunk.toString('latin1'))
      )
        end()
    })
    socket.on('end', end)
    socket.on('close', end)
    // A server that refuses early may close while the request is still being written; its answer counts.
    socket.on('error', end)
  })
}

function bytesOf({ method, target, headers, body }: WireRequest): Buffer {
  const length = body === null ? [] : [['content-length', String(body.length)] as const]
  const isFramed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const lines = [...headers, ...(isFramed ? [] : length), ['connection', 'close'] as const]
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)])
}

function readAnswer(bytes: Buffer, tookMs: number): WireAnswer {
  let rest = bytes.toString('utf8')
  // An interim answer, such as 100 Continue, is not the answer.
  while (/^HTTP\/1\.1 1\d\d /.test(rest)) rest = rest.slice(rest.indexOf('\r\n\r\n') + 4)
  const split = rest.indexOf('\r\n\r\n')
  const [first = '', ...lines] = rest.slice(0, Math.max(0, split)).split('\r\n')
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  const raw = split < 0 ? '' : rest.slice(split + 4)
  const body =
    headers.get('transfer-encoding') === 'chunked'
      ? raw.replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/gi, '').trim()
      : raw
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers, body, tookMs }
}
