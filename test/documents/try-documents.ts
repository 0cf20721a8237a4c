import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { codeIn, readDocuments, shellLines } from './documents.ts'
import { openShell } from './shell.ts'

/** Types of the events that webhooks out carry, which have the form of procedures. */
const WEBHOOK_EVENTS = /^(instance\.(created|status|settings|deleted)|message\.state|reservation\.outcome)$/

const PROCEDURE =
  /\b(?:act|ask) ((?:instance|reservation|contact|health|fleet|key|audit)\.\w+)|^((?:instance|reservation|contact|health|fleet|key|audit)\.(?!(?:py|ts)\b)[a-zA-Z]+)(?=$|[\s({])|\/trpc\/([a-z]+\.\w+)/g

/** A fleet of `npm start` with the data folder `folder/.zapfleet`. */
export type RunningFleet = { url: string; folder: string }

/**
 * Registers tests that check the documents against a running fleet: every procedure and route that they name exists, and the
 * blocks marked by `<!-- run -->` succeed. docs/adopting.md has its own test. `running` is called before the first of them.
 */
export function tryDocuments(running: () => RunningFleet): void {
  const documents = readDocuments().filter(({ path }) => path !== 'docs/adopting.md')
  const runnable = documents.filter(({ blocks }) => blocks.some(({ how }) => how === 'run'))
  const tools = ['bash', 'curl', 'base64'].every((tool) => spawnSync(tool, ['--version']).status === 0)

  let url: string
  let folder: string
  let adminKey: string

  beforeAll(() => {
    ;({ url, folder } = running())
    adminKey = readFileSync(join(folder, '.zapfleet', 'admin-key'), 'utf8').trim()
  })

  test('every procedure that the documents name exists', async () => {
    const named = new Map<string, string>()
    // The pages of packages and tools name methods and routes of their own.
    for (const document of readDocuments().filter(({ path }) => !/^(packages|tools)\//.test(path)))
      for (const text of [...shellLines(document), ...codeIn(document)])
        for (const [, typed, quoted, routed] of text.matchAll(PROCEDURE))
          named.set(typed ?? quoted ?? routed ?? '', document.path)
    expect(named.size).toBeGreaterThan(20)
    const unknown: string[] = []
    for (const [name, path] of named) {
      if (WEBHOOK_EVENTS.test(name)) continue
      // A mutation that is called as a query is refused and does nothing.
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

  test('every route that the documents name exists', async () => {
    const named = new Map<string, string>()
    for (const document of readDocuments().filter(({ path }) => !/^(packages|tools)\//.test(path)))
      for (const code of codeIn(document))
        for (const [, method, path] of code.matchAll(/^(GET|POST|PUT|DELETE) (\/[\w/{}.…-]*)/g))
          if (!/^\/(instance|message|webhook|settings)\//.test(path ?? ''))
            named.set(`${method} ${path}`, document.path)
    expect(named.size).toBeGreaterThan(10)
    const unknown: string[] = []
    for (const [route, path] of named) {
      const [method = 'GET', place = ''] = route.split(' ')
      if (place.includes('…')) continue
      if (!(await isRoute(method, place.replaceAll(/\{\w+\}/g, 'unknown')))) unknown.push(`${path}: ${route}`)
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
            const output = await shell.type(text.replaceAll('http://127.0.0.1:3333', url))
            expect(output, `${path}, line ${line}`).not.toMatch(/"error":|"detail":|curl: \(/)
            if (/^(act|ask|curl) /m.test(text) && !text.includes(' > '))
              expect(output, `${path}, line ${line}`).toContain('{')
          }
        } finally {
          shell.close()
          await deleteCreated()
        }
      },
      60_000,
    )
  })

  /** Deletes the instances of a document, since the next one may use the same names; keeps the examples of `npm start`. */
  async function deleteCreated(): Promise<void> {
    const { result } = (await (await admin('GET', 'instance.list')).json()) as {
      result: { data: { name: string }[] }
    }
    const created = result.data.map(({ name }) => name).filter((name) => name.startsWith('loja-'))
    for (const name of created) expect((await admin('POST', 'instance.delete', { name })).status).toBe(200)
  }

  function admin(method: string, procedure: string, input?: object): Promise<Response> {
    return fetch(`${url}/trpc/${procedure}`, {
      method,
      headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
      ...(input && { body: JSON.stringify(input) }),
    })
  }

  /** tRPC's own 404 names a procedure; the 404 of a missing instance does not. */
  async function isUnknown(name: string): Promise<boolean> {
    const answer = await fetch(`${url}/trpc/${name}`, {
      method: 'POST',
      headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
      body: '"no input that anything takes"',
    })
    return answer.status === 404 && /procedure/i.test(await answer.text())
  }

  /** Whether a route exists, by the answer to a call without a key or for an unknown name. */
  async function isRoute(method: string, path: string): Promise<boolean> {
    const answer = await fetch(`${url}${path}`, { method, signal: AbortSignal.timeout(60_000) })
    const text = answer.headers.get('content-type')?.includes('event-stream') ? '' : await answer.text()
    return answer.status !== 404 || !/Rota não encontrada|no such|route/i.test(text)
  }
}
