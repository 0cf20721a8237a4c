import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net'
import { beginRun, closeFleet, holdLease, openFleet, silentLog } from '@zapfleet/core'
import { createEvolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { freePort, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { expect } from 'vitest'
import { examine } from '../src/examine.ts'
import type { Finding } from '../src/finding.ts'

/** A whole fleet for the doctor: a database, an Evolution, an API as a process, the rows of a scheduler. */
export type Patient = {
  env: Record<string, string>
  database: TestDatabase
  simulator: Simulator
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** A scheduler leads and has just begun a round. */
  poll(): Promise<void>
  close(): Promise<void>
}

/** Two numbers, both connected and with our webhook; no other problem. @param more of the environment */
export async function makePatient(more: Readonly<Record<string, string>> = {}): Promise<Patient> {
  const [database, simulator, port] = await Promise.all([testDatabase(), startSimulator(), freePort()])
  const publicUrl = `http://127.0.0.1:${port}`
  const env = {
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: `admin-0123456789-aaaaaaaaaaaaa`,
    BOT_API_KEY: `bot-0123456789-bbbbbbbbbbbbb`,
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    ...more,
  }
  for (const name of ['vendas', 'suporte']) simulator.control.addInstance({ name, state: 'open' })
  const api = await runApp('api', env)
  await api.logLine('the API is ready')
  await admin(env, 'instance.import', {})
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  return {
    env,
    database,
    simulator,
    sql: async (text, values) => (await pool.query(text, values)).rows,
    async poll() {
      const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
      const fleet = await openFleet({
        databaseUrl: database.url,
        timeZone: 'America/Sao_Paulo',
        evolution,
        log: silentLog,
      })
      const lease = { name: 'scheduler', holder: 'leader:1:test' }
      await holdLease(fleet, { ...lease, forMs: 600_000 })
      await beginRun(fleet, { job: 'health-poll', holder: lease.holder, lease: lease.name })
      await closeFleet(fleet)
      await evolution.close()
    },
    async close() {
      await api.end('SIGTERM')
      await pool.end()
      await Promise.all([database.drop(), simulator.close()])
    },
  }
}

/** The findings by their check, in an environment that differs in `change`. */
export async function findings(
  env: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>> = {},
): Promise<Map<string, Finding>> {
  const found = await examine({ ...env, ...change }, { source: 'from the test', version: '0.1.0' })
  expect(new Set(found.map(({ check }) => check)).size).toBe(found.length)
  return new Map(found.map((one) => [one.check, one]))
}

/** One finding as a line: "fail: what was found → what to do". */
export function line(found: ReadonlyMap<string, Finding>, check: string): string {
  const one = found.get(check)
  if (one === undefined) throw new Error(`nothing was found about ${check}: ${[...found.keys()].join(', ')}`)
  return `${one.verdict}: ${one.found}${one.advice === null ? '' : ` → ${one.advice}`}`
}

/** `npm run doctor` without its build: `{ code, stdout, stderr }`. */
export async function runDoctor(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const doctor = await runApp('doctor', env, { args })
  const code = await doctor.exitCode()
  return { code: code ?? -1, stdout: doctor.stdout(), stderr: doctor.stderr() }
}

/** The URL with another user, password, database, port or parameters. */
export function changed(
  url: string,
  change: { username?: string; password?: string; pathname?: string; port?: string; search?: string },
): string {
  return Object.assign(new URL(url), change).href
}

/** An HTTP server that gives the same answer to every request, or none. */
export async function startStranger(
  answer: { status: number; body: string } | null,
): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => {
    if (answer) response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.body)
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, close: () => end(server) }
}

/** The answer of a transaction pooler to a client with settings of its own, in the words of PgBouncer. */
export async function startPickyPooler(): Promise<{ port: string; close(): void }> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      const fields = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: options\0\0')
      const header = Buffer.alloc(5)
      header.write('E')
      header.writeInt32BE(fields.length + 4, 1)
      socket.end(Buffer.concat([header, fields]))
    })
  })
  const port = await listening(server)
  return { port: String(port), close: () => server.close() }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function end(server: ReturnType<typeof createServer>): void {
  server.close()
  server.closeAllConnections()
}

async function admin(env: Record<string, string>, procedure: string, input: object): Promise<void> {
  const answer = await fetch(`${env.PUBLIC_URL}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': env.ADMIN_API_KEY ?? '' },
    body: JSON.stringify(input),
  })
  if (!answer.ok) throw new Error(`${procedure}: ${await answer.text()}`)
}
