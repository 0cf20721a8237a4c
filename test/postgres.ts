import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Postgres, startTemporaryPostgres } from '@zapfleet/embedded'
// Its types name what is provided here.
import type {} from '@zapfleet/testing'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

const TEMPLATE = 'template_migrated'

/** Speed for durability: these databases live as long as a test file. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  deadlock_timeout: '200ms',
  // Up to sixteen files at once, each with its fleets, their processes and its own connections.
  max_connections: '1000',
}

/**
 * vitest's globalSetup: one PostgreSQL for the run, started when the first test file requests a database (a run of
 * pure tests starts none), and stopped with the run. Test files request databases through `testDatabase()` of
 * @zapfleet/testing, over HTTP on 127.0.0.1, at an address that holds a secret; databases are made one at a time.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Promise<Postgres> | null = null
  let template: Promise<void> | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let made = 0
  const secret = randomBytes(16).toString('hex')

  async function handle(request: IncomingMessage): Promise<object> {
    postgres ??= startTemporaryPostgres({ settings: SETTINGS })
    const server = await postgres
    const [, given, word] = (request.url ?? '').split('/')
    if (given !== secret || !word) throw new Error('this address is not of this run')
    if (request.method === 'DELETE') {
      await run(
        server.adminUrl,
        (client) => `DROP DATABASE IF EXISTS ${client.escapeIdentifier(word)} WITH (FORCE)`,
      )
      return {}
    }
    const name = `test_${++made}`
    if (word === 'migrated') {
      template ??= makeTemplate(server)
      await template
    }
    const model = word === 'migrated' ? TEMPLATE : 'template0'
    // Copied files, without fsync: the WAL of a copy takes twice the processor time.
    await run(server.adminUrl, () => `CREATE DATABASE ${name} TEMPLATE ${model} STRATEGY FILE_COPY`)
    return { name, url: withDatabase(server.url, name) }
  }

  const listener = createServer((request, response) => {
    // A caller could use a connection again that ends at the same time.
    response.setHeader('connection', 'close')
    const answer = turn.then(() => handle(request))
    turn = answer.catch(() => undefined)
    answer.then(
      (body) => response.end(JSON.stringify(body)),
      (error: Error) => response.writeHead(500).end(error.stack),
    )
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  project.provide(
    'databaseServerUrl',
    `http://127.0.0.1:${(listener.address() as AddressInfo).port}/${secret}`,
  )

  return async () => {
    listener.closeAllConnections()
    listener.close()
    await turn
    await (await postgres?.catch(() => null))?.stop()
  }
}

async function makeTemplate(postgres: Postgres): Promise<void> {
  await run(postgres.adminUrl, () => `CREATE DATABASE ${TEMPLATE} TEMPLATE template0`)
  const { migrate } = await import('@zapfleet/core')
  await migrate({ url: withDatabase(postgres.url, TEMPLATE), timeZone: 'America/Sao_Paulo' })
}

async function run(url: string, statement: (client: pg.Client) => string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement(client))
  } finally {
    await client.end()
  }
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}
