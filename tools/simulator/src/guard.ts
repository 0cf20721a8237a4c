import type { FastifyRequest } from 'fastify'
import { badRequest, crashed, nameInUse, noSuchInstance, noSuchRoute, unauthorized } from './errors.ts'
import { nameExists, type World } from './world.ts'

/**
 * Evolution's guards, in its order: whether the instance exists (404, whatever the key); for create, whether the name is free
 * (403); then the key (401). Evolution searches for route names anywhere in the URL, query included.
 */
export function guard(world: World, request: FastifyRequest): void {
  const url = request.originalUrl
  const name = pathName(request)
  if (url.includes('/instance/create')) refuseTakenName(world, bodyOf(request).instanceName)
  else if (!url.includes('/instance/fetchInstances')) {
    if (name === undefined) throw badRequest('"instanceName" not provided.')
    // An instance named "" can be created and never reached: no path leads to it.
    if (name === '') throw noSuchRoute(request.method, url)
    if (!nameExists(world, name)) throw noSuchInstance(name)
  }
  authenticate(world, request, name)
}

/** The key of the call: the header `apikey` only. */
export function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers.apikey
  return typeof key === 'string' && key !== '' ? key : undefined
}

/** The instance named in the path, if the route has one. */
function pathName(request: FastifyRequest): string | undefined {
  return (request.params as Record<string, string | undefined>).instanceName
}

/** The JSON object of a request; an empty one for anything else. */
export function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const { body } = request
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}

/** The parameters that the handler reads: the query overrides the path, AFTER the key was checked for the path. */
export function paramsOf(request: FastifyRequest): Record<string, string | undefined> {
  return { ...(request.params as object), ...(request.query as object) }
}

function refuseTakenName(world: World, name: unknown): void {
  if (name === undefined || name === null) {
    if (world.instances.size > 0) throw nameInUse('undefined')
    return
  }
  if (typeof name !== 'string') {
    throw crashed(
      '\nInvalid `prisma.instance.findMany()` invocation:\n\nArgument `name`: Invalid value provided.',
    )
  }
  // The first two parallel requests both pass this check (and ruin each other); later ones are refused.
  if (nameExists(world, name) || (world.creating.get(name) ?? 0) > 0) throw nameInUse(name)
}

function authenticate(world: World, request: FastifyRequest, name: string | undefined): void {
  const key = keyOf(request)
  if (key === undefined) throw unauthorized()
  if (key === world.options.apiKey) return
  if (name !== undefined) {
    if (world.instances.get(name)?.token === key) return
  } else if (request.originalUrl.includes('/instance/fetchInstances')) {
    for (const instance of world.instances.values()) if (instance.token === key) return
  }
  throw unauthorized()
}
