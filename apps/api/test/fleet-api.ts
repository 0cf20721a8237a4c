import { closeFleet, createSealer, type Fleet, openFleet, silentLog, waitForHints } from '@zapfleet/core'
import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { freePort, type TestDatabase, testDatabase } from '@zapfleet/testing'
import type { FastifyInstance } from 'fastify'
import {
  buildServer,
  createLog,
  type KeyRing,
  makeHolderOf,
  makeKeyRing,
  makeSessionRing,
} from '../src/index.ts'

export const ADMIN_KEY = 'zf_admin_for-tests-only-0123456789'
export const BOT_KEY = 'zf_bot_for-tests-only-0123456789'
export const VIEWER_KEY = 'zf_viewer_for-tests-only-0123456789'

const environment = { adminApiKey: ADMIN_KEY, botApiKey: BOT_KEY }

/** The environment of an API process on a free port, over this database and this simulator. */
export function apiEnvironment(database: { url: string }, simulator: Simulator) {
  return {
    PORT: '0',
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
  }
}

/** The two keys of the environment, a viewer's, and, of a fleet, those of its database. */
export function keyRingOf(fleet?: Fleet): KeyRing {
  const ring = makeKeyRing(environment, fleet?.keys)
  return (presented) =>
    presented === VIEWER_KEY
      ? Promise.resolve({ id: 'a-viewer', role: 'viewer', label: 'a viewer' })
      : ring(presented)
}

/** The same without a database. */
export const testKeyRing = keyRingOf()

/** A whole API over a database and a simulator of one test file's own, listening on a free port. */
export type FleetApi = {
  address: string
  server: FastifyInstance
  fleet: Fleet
  /** The client of the default server. */
  evolution: Evolution
  simulator: Simulator
  database: TestDatabase
  close(): Promise<void>
}

/**
 * @param how `webhooks`: Evolution receives the address of this API, and calls it. `timeScale`: of the simulator
 * (0.01); with 0, a QR code is shown until it is scanned.
 */
export async function startFleetApi(how: { webhooks?: boolean; timeScale?: number } = {}): Promise<FleetApi> {
  const database = await testDatabase()
  const simulator = await startSimulator({ timeScale: how.timeScale ?? 0.01 })
  const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
  const port = how.webhooks ? await freePort() : 0
  const fleet = await openFleet({
    databaseUrl: database.url,
    publicUrl: how.webhooks ? `http://127.0.0.1:${port}/` : null,
    timeZone: 'America/Sao_Paulo',
    evolution,
    evolutionAt: { url: simulator.url, apiKey: simulator.apiKey },
    sealer: createSealer('api-tests-secret-0123456789-abcdefg'),
    log: silentLog,
  })
  const server = buildServer({
    fleet,
    keyRing: keyRingOf(fleet),
    sessionRing: makeSessionRing(fleet.sessions, makeHolderOf(environment, fleet.keys)),
    log: createLog('silent'),
    version: '1.2.3',
  })
  const address = await server.listen({ host: '127.0.0.1', port })
  return {
    address,
    server,
    fleet,
    evolution,
    simulator,
    database,
    async close() {
      await server.close()
      await waitForHints(fleet)
      await closeFleet(fleet)
      await evolution.close()
      await simulator.close()
      await database.drop()
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the answers
type Answer = { status: number; headers: Headers; body: any }

/** One HTTP call with any body, answered as JSON. */
export async function call(
  url: string,
  init: {
    method?: string
    key?: string
    body?: unknown
    headers?: Record<string, string>
    raw?: string
  } = {},
): Promise<Answer> {
  const body = init.raw ?? (init.body === undefined ? undefined : JSON.stringify(init.body))
  const response = await fetch(url, {
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(init.key === undefined ? {} : { 'x-api-key': init.key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

/** A tRPC query. */
export function query(api: FleetApi, path: string, input: unknown, key: string = ADMIN_KEY): Promise<Answer> {
  const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
  return call(`${api.address}/trpc/${path}${search}`, { key })
}

/** A tRPC mutation. */
export function mutate(
  api: FleetApi,
  path: string,
  input: unknown,
  key: string = ADMIN_KEY,
): Promise<Answer> {
  return call(`${api.address}/trpc/${path}`, {
    method: 'POST',
    key,
    ...(input === undefined ? {} : { body: input }),
  })
}
