import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faultMeets, isAfterTheAct } from './fault.ts'
import { bodyOf } from './guard.ts'
import { isOpenWithoutLicence, licenceRequired } from './licence.ts'
import { asVersionOne } from './version-one.ts'
import { type LiveFault, scaled, type World } from './world.ts'

const KEPT_CALLS = 20_000
const CONTROL = '/__simulator'

/** Records every call of the API, and applies faults, outage and latency before Evolution. */
export function intervene(app: FastifyInstance, world: World): void {
  const altering = new WeakMap<FastifyRequest, LiveFault>()

  app.addHook('preHandler', async (request, reply) => {
    const { path } = splitUrl(request)
    if (path.startsWith(CONTROL)) return undefined
    const name = nameIn(request, path)
    recordCall(world, request, name)
    if (world.hanging) return hang(reply)
    if (world.options.latencyMs > 0) await world.timers.pause(world.options.latencyMs)
    if (world.outageIsSlow) await world.timers.pause(scaled(world, outageAnswerMs(Math.random())))
    const fault = takeFault(world, request.method, path, name)
    if (fault !== undefined && isAfterTheAct(fault)) altering.set(request, fault)
    else if (fault !== undefined) {
      const answered = await actBefore(world, fault, request, reply)
      if (answered !== undefined) return answered
    }
    if (world.licence.active || isOpenWithoutLicence(path)) return undefined
    return reply.code(503).send(licenceRequired(world.licence, world.url))
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const fault = altering.get(request)
    return fault === undefined ? payload : alterAnswer(world, fault, request, reply, String(payload))
  })
}

/** Measured with 43 instances that reconnect without end. */
const outageAnswerMs = (chance: number): number => 1_400 + chance * 3_500

function takeFault(world: World, method: string, path: string, name: string | null): LiveFault | undefined {
  const fault = world.faults.find((one) => one.left > 0 && faultMeets(one.match ?? {}, method, path, name))
  if (fault === undefined) return undefined
  fault.left--
  if (fault.left <= 0) world.faults.splice(world.faults.indexOf(fault), 1)
  return fault
}

async function actBefore(world: World, fault: LiveFault, request: FastifyRequest, reply: FastifyReply) {
  switch (fault.kind) {
    case 'hang':
      return hang(reply)
    case 'reset':
      request.raw.socket.resetAndDestroy()
      return hang(reply)
    case 'down':
      request.raw.socket.destroy()
      return hang(reply)
    case 'delay':
      await world.timers.pause(fault.ms)
      return undefined
    case 'html':
      return reply
        .code(fault.code ?? 502)
        .type('text/html')
        .send(proxyPage(fault.code ?? 502))
    case 'malformed':
      return reply.code(200).send(fault.body ?? { unexpected: true })
    case 'status':
      return reply.code(fault.code).send(fault.body ?? plainFailure(fault.code))
    default:
      return undefined
  }
}

function alterAnswer(
  world: World,
  fault: LiveFault,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string,
): string | Readable {
  switch (fault.kind) {
    case 'truncated':
      reply.removeHeader('content-length')
      return payload.slice(0, Math.ceil(payload.length / 2))
    case 'answer_lost':
      request.raw.socket.resetAndDestroy()
      return payload
    case 'cut_body':
    case 'slow_body':
      return inHalves(world, fault, request, reply, payload)
    case 'v1': {
      const { path, query } = splitUrl(request)
      const old =
        reply.statusCode < 300 && asVersionOne(path, query, JSON.parse(payload), fault.flat === true)
      return old ? JSON.stringify(old) : payload
    }
    default:
      return payload
  }
}

// The headers promise the whole body. The first half follows, then the rest late, or a reset.
function inHalves(
  world: World,
  fault: LiveFault,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string,
): Readable {
  const bytes = Buffer.from(payload)
  const middle = Math.ceil(bytes.length / 2)
  reply.header('content-length', bytes.length)
  return Readable.from(
    (async function* halves() {
      yield bytes.subarray(0, middle)
      // Long enough for the first half to leave before the reset.
      await world.timers.pause(fault.kind === 'slow_body' ? fault.ms : 20)
      if (fault.kind === 'cut_body') request.raw.socket.resetAndDestroy()
      yield bytes.subarray(middle)
    })(),
  )
}

function hang(reply: FastifyReply): FastifyReply {
  reply.hijack()
  return reply
}

function proxyPage(code: number): string {
  const title = `${code} ${STATUS_CODES[code] ?? 'Error'}`
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`
}

const plainFailure = (code: number) => ({
  status: code,
  error: 'Internal Server Error',
  response: { message: 'Internal server error' },
})

function recordCall(world: World, request: FastifyRequest, name: string | null): void {
  const { path, query } = splitUrl(request)
  world.calls.push({
    method: request.method,
    path,
    query: query.toString(),
    name,
    at: world.now().toISOString(),
  })
  if (world.calls.length > KEPT_CALLS) world.calls.splice(0, KEPT_CALLS / 2)
}

function splitUrl(request: FastifyRequest): { path: string; query: URLSearchParams } {
  const [path = '/', query = ''] = request.originalUrl.split('?', 2)
  return { path, query: new URLSearchParams(query) }
}

function nameIn(request: FastifyRequest, path: string): string | null {
  if (path === '/instance/create') {
    const { instanceName } = bodyOf(request)
    return typeof instanceName === 'string' ? instanceName : null
  }
  const fromPath = (request.params as { instanceName?: string } | undefined)?.instanceName
  const fromQuery = (request.query as { instanceName?: string } | undefined)?.instanceName
  return fromPath ?? fromQuery ?? null
}
