import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readProcess } from '@zapfleet/holder'
import { freePort } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { copyClone, root } from './clone.ts'
import { tryDocuments } from './documents/try-documents.ts'
import { npmStart, type Start } from './npm-start.ts'

/**
 * The first use of the project: `npm start` in a clone whose build is damaged, then HTTP, a query of the database,
 * and the commands of the documents. One fleet serves all tests, which run in order.
 */
const clone = mkdtempSync(join(tmpdir(), 'zapfleet test-'))
const folder = mkdtempSync(join(tmpdir(), 'zapfleet-start-'))
for (const name of [clone, folder]) chmodSync(name, 0o755)
const dataDir = join(folder, '.zapfleet')
mkdirSync(dataDir)
symlinkSync(join(root, 'examples'), join(folder, 'examples'))
/** What was built here is restored from turbo's cache. */
const cache = { TURBO_CACHE_DIR: join(root, '.turbo', 'cache') }
let start: Start
let url: string

afterAll(async () => {
  start?.process.kill('SIGTERM')
  await start?.exited
  for (const name of [clone, folder]) rmSync(name, { recursive: true, force: true })
})

test('a clone without a build is built once', { timeout: 600_000 }, async () => {
  copyClone(clone)
  await runModule(
    `import { hashSources, stamp } from './tools/scripts/stamps.mjs'; stamp('install', hashSources('install'))`,
  )
  const prepare = `import { prepare } from './tools/scripts/bootstrap.mjs'; import { runScript } from './tools/scripts/run-script.mjs'; await runScript(() => prepare())`
  const first = await runModule(prepare)
  expect(first.stderr).toBe('')
  expect(first.stdout).toMatch(/building … /)
  expect(await runModule(prepare)).toEqual({ stdout: '', stderr: '' })
})

test('npm start in a clone with a damaged build builds again and serves', { timeout: 600_000 }, async () => {
  rmSync(join(clone, 'packages/core/dist/ground'), { recursive: true })
  rmSync(join(clone, 'tools/launcher/dist'), { recursive: true })
  start = await startClone({ SIMULATOR_AUTO_SCAN_MS: '500', HEALTH_POLL_CRON: '*/2 * * * * *' })
  expect(start.output()).toMatch(/building … /)
  expect(await call('/v1/instances', 'admin-key')).toEqual(expect.anything())
  expect(existsSync(join(clone, 'packages/core/dist/ground/generated/client.js'))).toBe(true)
})

test('prints its address, shows the made keys once, and stores them readable by the owner only', () => {
  for (const name of ['admin-key', 'bot-key']) {
    const file = join(dataDir, name)
    expect(start.output()).toContain(readFileSync(file, 'utf8').trim())
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
  expect(start.output()).toMatch(/embedded PostgreSQL[\s\S]*simulated at http/)
})

test('the commands that it prints work at once: its examples are connected', async () => {
  const { data } = ((await call('/trpc/reservation.reserve', 'bot-key', {})) as Answer).result
  expect(start.output()).toContain('/trpc/reservation.reserve')
  expect(await query('instance.get', { name: data.instanceName })).toMatchObject({ status: 'connected' })
})

test('a created number returns a QR code and is connected by the demo; the fleet is healthy', async () => {
  const created = await call('/admin/instances', 'admin-key', { nome: 'minha-loja' })
  expect(created).toMatchObject({ nome: 'minha-loja', message: 'Escaneie o QR Code para conectar' })
  const { base64 } = (created as { qrcode: { base64: string } }).qrcode
  expect(base64).toMatch(/^data:image\/png;base64,iVBORw0KGgo/)
  await expect
    .poll(async () => ((await query('instance.get', { name: 'minha-loja' })) as { status: string }).status, {
      timeout: 60_000,
      interval: 300,
    })
    .toBe('connected')
  expect(await call('/health/instances')).toMatchObject({ status: 'healthy' })
})

test('its demo has one open alert: the banned number', async () => {
  const open = async () =>
    ((await query('alert.list', { open: true })) as { rule: string; subject: string }[]).map(
      ({ rule, subject }) => `${rule} ${subject}`,
    )
  await expect.poll(open, { timeout: 60_000, interval: 300 }).toEqual(['number_banned campanha-01'])
})

test('one contact keeps one number, and the counter in PostgreSQL rises by exactly the reserves', async () => {
  // The demo sends a few messages of its own; it never uses a number that another caller made.
  const exclude = ['campanha-01', 'cobranca-01', 'recepcao-01', 'suporte-01', 'vendas-01', 'vendas-02']
  const body = { contactId: '5511900001111', exclude }
  const first = (await call('/trpc/reservation.reserve', 'bot-key', body)) as Answer
  const name = first.result.data.instanceName
  expect(name).toBe('minha-loja')
  const before = await sentToday(name)
  for (let turn = 0; turn < 3; turn++) {
    const next = (await call('/trpc/reservation.reserve', 'bot-key', body)) as Answer
    expect(next.result.data.instanceName).toBe(name)
  }
  expect((await sentToday(name)) - before).toBe(3)
})

test('SIGTERM ends it and leaves no process; the next start finds its number again', async () => {
  const children = traces()
  expect(children.length).toBe(5)
  start.process.kill('SIGTERM')
  expect(await start.exited).toBe(0)
  expect(children.filter(({ pid, startedAt: since }) => readProcess(pid)?.startedAt === since)).toEqual([])

  start = await startClone({ SIMULATOR_AUTO_SCAN_MS: '60000' })
  expect(start.output()).not.toContain('building')
  expect(start.output()).not.toContain('zf_admin_')
  expect(await query('instance.get', { name: 'minha-loja' })).toMatchObject({ name: 'minha-loja' })
})

describe('the documents on a running fleet', () => tryDocuments(() => ({ url, folder })))

test('over an Evolution that does not answer it reports that, and the doctor in another terminal examines that one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-start-'))
  chmodSync(folder, 0o755)
  // A simulator of an earlier start.
  writeFileSync(join(folder, 'simulator-url'), 'http://127.0.0.1:9\n')
  const dead = `http://127.0.0.1:${await freePort()}`
  const its = { ZAPFLEET_DATA_DIR: folder, EVOLUTION_API_KEY: 'theirs' }
  const other = await npmStart({ ...its, PORT: String(await freePort()), EVOLUTION_API_URL: dead }, clone)
  try {
    expect(other.output()).not.toContain('zapfleet is ready')
    expect(other.output()).toMatch(
      /zapfleet runs .* but cannot use Evolution: nothing answers at EVOLUTION_API_URL/,
    )
    const { stdout } = await doctorBeside(its)
    expect(stdout).toContain(`nothing answers at ${dead}`)
    expect(stdout).not.toContain('127.0.0.1:9 ')
  } finally {
    other.process.kill('SIGTERM')
    await other.exited
    rmSync(folder, { recursive: true, force: true })
  }
})

function doctorBeside(env: Record<string, string>): Promise<{ stdout: string }> {
  const options = { cwd: clone, env: { ...process.env, ...env } }
  return new Promise((resolve) =>
    execFile('npm', ['run', '--silent', 'doctor'], options, (_error, stdout) => resolve({ stdout })),
  )
}

type Answer = { result: { data: { instanceName: string } } }

async function startClone(env: Readonly<Record<string, string>>): Promise<Start> {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const its = {
    PORT: String(port),
    SCHEDULER_PORT: '0',
    ZAPFLEET_DATA_DIR: dataDir,
    SIMULATOR_TIME_SCALE: '0.05',
  }
  return npmStart({ ...cache, ...its, ...env }, clone)
}

/** Runs the text of a module in the clone; throws with its output when it fails. */
function runModule(text: string): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, ...cache }
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', text], { cwd: clone, env })
}

/** The processes of the running start: its children and PostgreSQL. */
function traces(): { pid: number; startedAt: string }[] {
  const holder = JSON.parse(readFileSync(join(dataDir, 'holder.json'), 'utf8')) as {
    note: { children: { pid: number; startedAt: string }[] }
  }
  const postmaster = readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')
  const postgres = readProcess(Number(postmaster.split('\n')[0]))
  return [...holder.note.children, ...(postgres ? [postgres] : [])]
}

async function call(path: string, key?: string, body?: object): Promise<unknown> {
  const answer = await fetch(url + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(key && { 'x-api-key': readFileSync(join(dataDir, key), 'utf8').trim() }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

async function query(procedure: string, input: object): Promise<unknown> {
  const answer = await call(
    `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`,
    'admin-key',
  )
  return (answer as { result: { data: unknown } }).result.data
}

async function sentToday(name: string): Promise<number> {
  const client = new pg.Client({
    connectionString: readFileSync(join(dataDir, 'database-url'), 'utf8').trim(),
  })
  await client.connect()
  try {
    const { rows } = await client.query(
      'SELECT msgs_enviadas_dia AS sent FROM whatsapp_instances WHERE nome = $1',
      [name],
    )
    return rows[0].sent
  } finally {
    await client.end()
  }
}
