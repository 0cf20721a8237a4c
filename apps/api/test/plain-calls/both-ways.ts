import { connect } from 'node:net'
import { createLog } from '@zapfleet/telemetry'
import type { FastifyInstance } from 'fastify'
import { expect, vi } from 'vitest'
import { buildServer, type ServerParts } from '../../src/index.ts'
import { type FleetApi, keyRingOf } from '../fleet-api.ts'

/** With it in its query, a call is answered by tRPC's adapter. It reads nothing of it, so nothing else differs. */
const BY_ADAPTER = '?by=adapter'

/** A request down to its bytes. `version` is the one of HTTP. */
export type Sent = {
  target: string
  method?: string
  version?: '1.0' | '1.1'
  headers?: readonly (readonly [string, string])[]
  body?: string | Buffer | null
}

/** An answer. `framing`: how its end is found; the adapter's answers are chunked, those of Fastify have a length. */
export type Answered = {
  status: string
  framing: 'length' | 'chunked' | 'close'
  headers: string[]
  body: string
}

export type Loud = { server: FastifyInstance; address: string; lines: string[]; close(): Promise<void> }

/** The API over the same fleet, with a log at debug level. */
export async function startLoud(
  base: FleetApi,
  parts: Partial<ServerParts> = {},
  prepare?: (server: FastifyInstance) => unknown,
): Promise<Loud> {
  const lines: string[] = []
  const server = buildServer({
    fleet: base.fleet,
    keyRing: keyRingOf(base.fleet),
    log: createLog({ app: 'api', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    ...parts,
  })
  prepare?.(server)
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  // Without the line about the address.
  lines.length = 0
  return { server, address, lines, close: () => server.close() }
}

/** Sends the request as it is, and once more so that the adapter answers, and compares answers and log. */
export async function expectSame(api: Loud, request: Sent): Promise<{ alone: Answered; adapter: Answered }> {
  const run = async (sent: Sent) => {
    const from = api.lines.length
    const [answer, ...more] = await exchange(api.address, [sent])
    if (answer === undefined || more.length > 0)
      throw new Error(`expected one answer, got ${more.length + 1}`)
    // It is written after the last byte of the answer.
    await vi.waitFor(() => expect(api.lines.slice(from).join()).toContain('"answered"'))
    return { answer, log: api.lines.slice(from).flatMap(comparedLine) }
  }
  const alone = await run(request)
  const adapter = await run(byAdapter(request))
  expect(shown(alone.answer)).toEqual(shown(adapter.answer))
  expect(alone.log).toEqual(adapter.log)
  return { alone: alone.answer, adapter: adapter.answer }
}

export function byAdapter(request: Sent): Sent {
  const { target } = request
  return { ...request, target: target + (target.includes('?') ? BY_ADAPTER.replace('?', '&') : BY_ADAPTER) }
}

/** What both ways must share: everything but the framing, and values that are new in each call. */
export function shown({ status, headers, body }: Answered): object {
  return { status, headers: headers.map(steady).sort(), body: steady(body) }
}

function steady(text: string): string {
  return (
    text
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>')
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<moment>')
      .replaceAll(/"(hour|day)":\d+/g, '"$1":0')
      // New until the process has read back that the contact was written to.
      .replaceAll(/"kind":"(new|known)"/g, '"kind":"<kind>"')
  )
}

/** Without lines that are written once in ten seconds, whichever call comes first. */
function comparedLine(line: string): object[] {
  const { time: _time, tookMs: _tookMs, ...rest } = JSON.parse(line)
  return rest.level === 'debug' ? [JSON.parse(steady(JSON.stringify(rest)))] : []
}

/** Sends all requests at once on one connection, and reads the answers until it closes. The last request ends it. */
export async function exchange(address: string, requests: readonly Sent[]): Promise<Answered[]> {
  const bytes = Buffer.concat(requests.map((one, at) => bytesOf(one, at === requests.length - 1)))
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await new Promise<void>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.write(bytes)
  })
  return answersIn(Buffer.concat(chunks))
}

export function bytesOf(request: Sent, isLast: boolean): Buffer {
  const { target, method = 'POST', version = '1.1', headers = [], body: given = null } = request
  const body = given === null ? null : Buffer.from(given)
  const has = (name: string): boolean => headers.some(([one]) => one.toLowerCase() === name)
  const lines = [
    ...(has('host') || version === '1.0' ? [] : [['host', 'localhost']]),
    ...headers,
    ...(has('x-request-id') ? [] : [['x-request-id', 'a-call']]),
    ...(body === null || has('content-length') || has('transfer-encoding')
      ? []
      : [['content-length', String(body.length)]]),
    ...(isLast && !has('connection') ? [['connection', 'close']] : []),
  ]
  const head = `${method} ${target} HTTP/${version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)])
}

function answersIn(bytes: Buffer): Answered[] {
  const answers: Answered[] = []
  let rest = bytes
  while (rest.length > 0) {
    const at = rest.indexOf('\r\n\r\n')
    const [status = '', ...all] = rest.subarray(0, at).toString('latin1').split('\r\n')
    rest = rest.subarray(at + 4)
    if (/^HTTP\/1\.1 1\d\d /.test(status)) continue
    const length = all.flatMap((line) => /^content-length: (\d+)$/i.exec(line)?.[1] ?? [])[0]
    const isChunked = all.some((line) => /^transfer-encoding: chunked$/i.test(line))
    const headers = all.filter((line) => !/^(date|content-length|transfer-encoding):/i.test(line))
    const framing = isChunked ? 'chunked' : length === undefined ? 'close' : 'length'
    const read = isChunked ? chunksOf(rest) : plainOf(rest, length)
    rest = read.rest
    answers.push({ status, framing, headers, body: read.body.toString('utf8') })
  }
  return answers
}

function plainOf(bytes: Buffer, length: string | undefined): { body: Buffer; rest: Buffer } {
  const end = length === undefined ? bytes.length : Number(length)
  return { body: bytes.subarray(0, end), rest: bytes.subarray(end) }
}

function chunksOf(bytes: Buffer): { body: Buffer; rest: Buffer } {
  const parts: Buffer[] = []
  for (let rest = bytes; ; ) {
    const at = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.subarray(0, at).toString('latin1'), 16)
    if (!(size > 0)) return { body: Buffer.concat(parts), rest: rest.subarray(at + 4) }
    parts.push(rest.subarray(at + 2, at + 2 + size))
    rest = rest.subarray(at + 2 + size + 2)
  }
}
