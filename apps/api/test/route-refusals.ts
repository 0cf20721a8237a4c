import { type Fleet, FleetError } from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SEND_BODY_LIMIT_BYTES } from '../src/body-limits.ts'
import { buildServer, createLog, type KeyRing } from '../src/index.ts'
import { procedureContract } from '../src/procedure-contract.ts'
import { REST_ROUTES } from '../src/routes/route.ts'
import { documentedStatuses, expectDescribed } from './described.ts'
import { ADMIN_KEY, BOT_KEY, testKeyRing, VIEWER_KEY } from './fleet-api.ts'

const A_UUID = '01a204bd-49f0-7000-8000-000000000000'

/** Servers without a fleet: every call fails, at the rate, at the database (of keys, or of the fleet), or inside. */
type BrokenServers = Record<'rate' | 'database' | 'fleet' | 'inside', FastifyInstance>

function refuseAsDatabase(): never {
  throw new FleetError('DATABASE_UNAVAILABLE', 'The database does not answer.')
}

function breakServers(): BrokenServers {
  const over = (keyRing: KeyRing) =>
    buildServer({ fleet: { sql: {} } as Fleet, keyRing, log: createLog('silent') })
  return {
    rate: over(() => {
      throw new FleetError('RATE_LIMITED', 'Too many calls.', { availableAt: new Date(Date.now() + 5_000) })
    }),
    database: over(() =>
      Promise.reject(new FleetError('DATABASE_UNAVAILABLE', 'The database does not answer.')),
    ),
    fleet: buildServer({
      fleet: new Proxy({} as Fleet, { get: refuseAsDatabase }),
      keyRing: testKeyRing,
      log: createLog('silent'),
      departure: { announced: true },
    }),
    inside: over(testKeyRing),
  }
}

/**
 * Registers tests that cause the refusals which operations of one kind have in common, and compare them with the document.
 *
 * @param operations of the document, as `GET /v1/instances`
 * @param rolesOf the roles that may call an operation outside `/v1`
 */
export function testRefusals(
  operations: readonly string[],
  rolesOf: (operation: string) => readonly string[] = () => ['admin'],
): void {
  let broken: BrokenServers
  beforeAll(() => {
    broken = breakServers()
  })
  afterAll(async () => {
    for (const server of Object.values(broken ?? {})) await server.close()
  })

  /** Every operation, with a value in its path that no input check refuses. */
  const calls = operations.map((operation) => {
    const [method = '', path = ''] = operation.split(' ')
    return [operation, method, path.replaceAll(/\{\w+\}/g, A_UUID)] as const
  })

  describe.each(calls)('%s', (operation, method, path) => {
    const has = (status: number) => documentedStatuses(operation).includes(status)

    it('answers as documented where the key, the role, the rate or the database cause a refusal', async () => {
      if (has(401)) {
        expectDescribed(operation, await inject(broken.inside, method, path))
        expectDescribed(operation, await inject(broken.inside, method, path, { key: 'wrong' }))
      }
      const route = REST_ROUTES.find((route) => operation === `${route.method} ${route.path}`)
      const roles: readonly string[] =
        route === undefined ? rolesOf(operation) : procedureContract(route.procedure).roles
      for (const [role, key] of [
        ['bot', BOT_KEY],
        ['viewer', VIEWER_KEY],
      ] as const) {
        if (!has(403) || roles.includes(role)) continue
        const answer = await inject(broken.inside, method, path, { key })
        expect(answer.status).toBe(403)
        expectDescribed(operation, answer)
      }
      if (!has(401) && has(503)) {
        const answer = await inject(broken.fleet, method, path)
        expect(answer.status).toBe(503)
        expectDescribed(operation, answer)
      }
      for (const [server, status, seconds] of [
        [broken.rate, 429, /^[1-5]$/],
        [broken.database, 503, /^2$/],
      ] as const) {
        if (!has(401)) continue
        const answer = await inject(server, method, path, { key: ADMIN_KEY })
        expect(answer.status).toBe(status)
        if (path.startsWith('/v1')) expect(answer.headers.get('retry-after')).toMatch(seconds)
        expectDescribed(operation, answer)
      }
    })

    it('answers as documented, without internal text, when an internal call fails', async () => {
      if (!has(500)) return
      const { bodyExample, queryExample } =
        REST_ROUTES.find((route) => operation === `${route.method} ${route.path}`) ?? {}
      const body = bodyExample === undefined ? {} : { payload: JSON.stringify(bodyExample) }
      const query = Object.entries(queryExample ?? {}).map(([name, value]) => `?${name}=${value}`)
      const answer = await inject(broken.inside, method, path + query.join(''), { key: ADMIN_KEY, ...body })
      expect(answer.status).toBe(500)
      expect(JSON.stringify(answer.body)).not.toMatch(/TypeError|undefined|node_modules/)
      expectDescribed(operation, answer)
    })

    it('answers as documented what it cannot parse', async () => {
      const key = ADMIN_KEY
      if (path.startsWith('/v1')) {
        const stray = await inject(broken.inside, method, `${path}?a=1`, { key })
        expect(stray.status).toBe(400)
        expectDescribed(operation, stray)
      }
      if (has(413)) {
        const large = await inject(broken.inside, method, path, {
          key,
          payload: ' '.repeat(limitOf(operation) + 1),
        })
        expect(large.status).toBe(413)
        expectDescribed(operation, large)
      }
      if (has(415)) {
        const text = await inject(broken.inside, method, path, { key, payload: 'a=1', type: 'text/plain' })
        expect(text.status).toBe(415)
        expectDescribed(operation, text)
      }
    })
  })
}

const limitOf = (operation: string): number =>
  operation === 'POST /v1/messages' ? SEND_BODY_LIMIT_BYTES : 1_048_576

/** A call of a server that does not listen. */
export async function inject(
  server: FastifyInstance,
  method: string,
  url: string,
  { key, payload, type }: { key?: string; payload?: string; type?: string } = {},
) {
  const answer = await server.inject({
    method: method as 'GET',
    url,
    headers: {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(method !== 'GET' ? { 'content-type': type ?? 'application/json' } : {}),
    },
    ...(method !== 'GET' ? { payload: payload ?? (url === '/admin/instances' ? '{"nome":"a"}' : '{}') } : {}),
  })
  const headers = new Headers(answer.headers as Record<string, string>)
  return { status: answer.statusCode, headers, body: answer.json() }
}
