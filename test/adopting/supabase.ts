import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

/**
 * A stand-in for Supabase's REST API: the requests of supabase-py for two tables and a function, as one role of the
 * database.
 */
export type Supabase = { url: string; close(): Promise<void> }

/** Starts it with the rights of the role in `url`; every refusal of the database is a 400 with its message. */
export async function startSupabase(url: string): Promise<Supabase> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  const server = createServer((request, response) => {
    answer(pool, request).then(
      (rows) => response.setHeader('content-type', 'application/json').end(JSON.stringify(rows)),
      (error: Error) => response.writeHead(400).end(JSON.stringify({ message: error.message })),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

async function answer(pool: pg.Pool, request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://door')
  const [, , , table = '', called = ''] = pathname.split('/')
  const body = await readBody(request)
  const quoted = (name: string): string => pg.escapeIdentifier(name)
  if (table === 'rpc') {
    const names = Object.keys(body)
    const given = names.map((name, index) => `${quoted(name)} => $${index + 1}`).join(', ')
    await pool.query(`select ${quoted(called)}(${given})`, Object.values(body))
    return null
  }
  const filters = [...searchParams].filter(([name]) => name !== 'select')
  const set = Object.keys(body)
  const where = filters.map(([name], index) => `${quoted(name)} = $${set.length + index + 1}`).join(' and ')
  const values = [...Object.values(body), ...filters.map(([, word]) => word.replace(/^eq\./, ''))]
  const condition = where === '' ? '' : ` where ${where}`
  if (request.method === 'PATCH') {
    const assignments = set.map((name, index) => `${quoted(name)} = $${index + 1}`).join(', ')
    await pool.query(`update ${quoted(table)} set ${assignments}${condition}`, values)
    return null
  }
  const { rows } = await pool.query(`select * from ${quoted(table)}${condition}`, values)
  return rows
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
