import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOT_KEY, type FleetApi, startFleetApi } from './fleet-api.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(`${root}/docs/en/calling-from-anything.md`, 'utf8')
/** The page's commands; the first block only names the address of zapfleet. */
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, commands = '']) => commands).slice(1)
const tools = ['bash', 'curl', 'python3'].every((tool) => spawnSync(tool, ['--version']).status === 0)

describe.skipIf(!tools)('the commands of “Calling zapfleet from anything” (need bash, curl, python3)', () => {
  let api: FleetApi
  beforeAll(async () => {
    api = await startFleetApi()
    api.simulator.control.addInstance({ name: 'vendas-02' })
    const database = new pg.Client({ connectionString: api.database.url })
    await database.connect()
    await database.query(
      `insert into public.whatsapp_instances (nome, status) values ('vendas-02', 'connected')`,
    )
    await database.end()
  })
  afterAll(() => api?.close())

  it('run unchanged, and answer as the page documents', async () => {
    const outputs: string[] = []
    for (const commands of blocks) {
      const output = await new Promise<string>((resolve, reject) => {
        const env = { PATH: process.env.PATH, URL: api.address, KEY: BOT_KEY, PYTHONDONTWRITEBYTECODE: '1' }
        execFile('bash', ['-euc', commands], { cwd: root, env }, (error, stdout, stderr) =>
          error ? reject(new Error(`${commands}\n${stderr}`)) : resolve(stdout),
        )
      })
      outputs.push(output)
    }
    expect(outputs).toEqual([
      expect.stringMatching(/"contactId":"5511987654321".*"state":"sent","instanceName":"vendas-02"/),
      expect.stringMatching(/"instanceName":"vendas-02".*"contactId":"5511987654321".*"state":"reserved"/),
      expect.stringContaining('"state":"confirmed"'),
      expect.stringMatching(/"name":"vendas-02"[\s\S]*"preferredInstance":"vendas-02"/),
      expect.stringMatching(/^HTTP\/1\.1 400 [\s\S]*"code":"INVALID_INPUT"/),
      'healthy: 1 de 1 online\n  ✓ vendas-02  open\n',
    ])
  })
})
