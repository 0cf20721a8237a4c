import type { FastifyInstance } from 'fastify'

/** A route of the server, as it was registered: `GET /v1/instances/:name`. */
export type Route = { method: string; url: string }

/**
 * Every route of a server, read from the tree that Fastify prints: a new one is fuzzed, and `roles.test.ts` requires
 * its roles. @throws Error when the tree cannot be parsed
 */
export async function routesOf(server: FastifyInstance): Promise<Route[]> {
  await server.ready()
  const steps: string[] = []
  const routes: Route[] = []
  for (const line of server.printRoutes({ commonPrefix: false }).split('\n')) {
    if (line.trim() === '') continue
    const [, indent = '', step = '', methods] = /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, -]+)\))?$/.exec(line) ?? []
    if (step === '') throw new Error(`A line of the routes cannot be read: ${line}`)
    const depth = indent.length / 4
    steps.length = depth
    steps[depth] = step
    for (const method of methods?.split(', ') ?? []) routes.push({ method, url: steps.join('') })
  }
  if (routes.length < 10) throw new Error('The routes cannot be read.')
  return routes
}
