import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@zapfleet/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { npmStart, type Start } from '../npm-start.ts'
import { codeIn, readDocuments, root, shellLines } from './documents.ts'
import { openShell } from './shell.ts'

/**
 * What the documents say of a running fleet, tried on one that `npm start` brings up: every procedure and route they name is
 * there, and the blocks marked by `<!-- run -->` do what they are for. docs/adopting.md has a test of its own.
 */
const documents = readDocuments().filter(({ path }) => path !== 'docs/adopting.md')
const runnable = documents.filter(({ blocks }) => blocks.some(({ how }) => how === 'run'))
const tools = ['bash', 'curl', 'base64'].every((tool) => spawnSync(tool, ['--version']).status === 0)

const folder = mkdtempSync(join(tmpdir(), 'zapfleet-documents-'))
const dataDir = join(folder, '.zapfleet')
let fleet: Start | null = null
let url: string
let adminKey: string

beforeAll(async () => {
  chmodSync(folder, 0o755)
  mkdirSync(dataDir)
  symlinkSync(join(root, 'examples'), join(folder, 'examples'))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  fleet = await npmStart({
    PORT: String(port),
    SCHEDULER_PORT: '0',
    ZAPFLEET_DATA_DIR: dataDir,
    SIMULATOR_TIME_SCALE: '0.05',
    SIMULATOR_AUTO_SCAN_MS: '60000',
  })
  adminKey = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()
}, 240_000)

afterAll(async () => {
  fleet?.process.kill('SIGTERM')
  await fleet?.exited
  rmSync(folder, { recursive: true, force: true })
})

test('every procedure that the documents name is there', async () => {
  const named = new Map<string, string>()
  // The client's own page speaks of the client's own verbs.
  for (const document of readDocuments().filter(({ path }) => !path.startsWith('packages/')))
    for (const text of [...shellLines(document), ...codeIn(document)])
      for (const [, typed, said, routed] of text.matchAll(PROCEDURE))
        named.set(typed ?? said ?? routed ?? '', document.path)
  expect(named.size).toBeGreaterThan(20)
  const unknown: string[] = []
  for (const [name, path] of named) {
    // A mutation that is asked for as a query is refused by its kind and does nothing.
    const answer = await fetch(`${url}/trpc/${name}`, {
      headers: { 'x-api-key': adminKey, accept: 'application/json' },
      signal: AbortSignal.timeout(60_000),
    })
    await answer.body?.cancel()
    if (answer.status === 404 && (await isUnknown(name))) unknown.push(`${path}: ${name}`)
  }
  expect(unknown).toEqual([])
  expect(await isUnknown('instance.nonsense')).toBe(true)
})

test('every route that the documents name is there', async () => {
  const named = new Map<string, string>()
  for (const document of readDocuments().filter(({ path }) => !path.startsWith('packages/')))
    for (const code of codeIn(document))
      for (const [, method, path] of code.matchAll(/^(GET|POST|PUT|DELETE) (\/[\w/{}.…-]*)/g))
        if (!/^\/(instance|message|webhook|settings)\//.test(path ?? ''))
          named.set(`${method} ${path}`, document.path)
  expect(named.size).toBeGreaterThan(10)
  const unknown: string[] = []
  for (const [route, path] of named) {
    const [method = 'GET', place = ''] = route.split(' ')
    if (place.includes('…')) continue
    if (!(await isRoute(method, place.replaceAll(/\{\w+\}/g, 'nobody')))) unknown.push(`${path}: ${route}`)
  }
  expect(unknown).toEqual([])
  expect(await isRoute('GET', '/no/such/route')).toBe(false)
})

describe.skipIf(!tools)('the blocks that are marked to be run (need bash, curl, base64)', () => {
  test.each(runnable.map(({ path }) => path))(
    '%s',
    async (path) => {
      const { blocks = [] } = runnable.find((one) => one.path === path) ?? {}
      const shell = openShell(folder, { PATH: process.env.PATH, HOME: process.env.HOME })
      try {
        for (const { text, line } of blocks.filter(({ how }) => how === 'run')) {
          const said = await shell.type(text.replaceAll('http://127.0.0.1:3333', url))
          expect(said, `${path}, line ${line}`).not.toMatch(/"error":|"detail":|curl: \(/)
          if (/^(act|ask|curl) /m.test(text) && !text.includes(' > '))
            expect(said, `${path}, line ${line}`).toContain('{')
        }
      } finally {
        shell.close()
        await deleteNewcomers()
      }
    },
    60_000,
  )
})

const PROCEDURE =
  /\b(?:act|ask) ((?:instance|reservation|contact|health|fleet|key|audit)\.\w+)|^((?:instance|reservation|contact|health|fleet|key|audit)\.(?!py\b)[a-zA-Z]+)(?=$|[\s({])|\/trpc\/([a-z]+\.\w+)/g

/** What a document made is gone for the next one, which may use the same names; the examples of `npm start` stay. */
async function deleteNewcomers(): Promise<void> {
  const { result } = (await (await admin('GET', 'instance.list')).json()) as {
    result: { data: { name: string }[] }
  }
  const made = result.data.map(({ name }) => name).filter((name) => name.startsWith('loja-'))
  for (const name of made) expect((await admin('POST', 'instance.delete', { name })).status).toBe(200)
}

function admin(method: string, procedure: string, input?: object): Promise<Response> {
  return fetch(`${url}/trpc/${procedure}`, {
    method,
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    ...(input && { body: JSON.stringify(input) }),
  })
}

/** tRPC says so in words of its own; an instance that is not there is another 404. */
async function isUnknown(name: string): Promise<boolean> {
  const answer = await fetch(`${url}/trpc/${name}`, {
    method: 'POST',
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    body: '"no input that anything takes"',
  })
  return answer.status === 404 && /procedure/i.test(await answer.text())
}

/** Whether something stands behind a route; the answer to a call without a key, or for a name nobody has, tells. */
async function isRoute(method: string, path: string): Promise<boolean> {
  const answer = await fetch(`${url}${path}`, { method, signal: AbortSignal.timeout(60_000) })
  const text = answer.headers.get('content-type')?.includes('event-stream') ? '' : await answer.text()
  return answer.status !== 404 || !/Rota não encontrada|no such|route/i.test(text)
}
