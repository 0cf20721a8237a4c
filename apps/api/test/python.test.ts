import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulator } from '@zapfleet/simulator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN_KEY,
  BOT_KEY,
  call,
  type FleetApi,
  mutate,
  query,
  startFleetApi,
  VIEWER_KEY,
} from './fleet-api.ts'

const examples = fileURLToPath(new URL('../../../examples/python', import.meta.url))
const hasPython = spawnSync('python3', ['--version']).status === 0

type Run = { code: number; output: string }

// Without Python these tests are skipped; the other tests of the API do not need it.
describe.skipIf(!hasPython)('the examples in Python (skipped where there is no python3)', () => {
  let api: FleetApi
  let folder: string
  beforeAll(async () => {
    // Two programs run between the first QR code and its scan, for an unknown time.
    api = await startFleetApi({ timeScale: 0 })
    folder = mkdtempSync(join(tmpdir(), 'zapfleet-python-'))
  })
  afterAll(async () => {
    await api?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = (
    program: string,
    args: string[],
    key: string,
    url = api.address,
    more: Record<string, string> = {},
  ): Promise<Run> => python([join(examples, program), ...args], key, url, more)
  const python = (
    args: string[],
    key: string,
    url = api.address,
    more: Record<string, string> = {},
  ): Promise<Run> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env.PATH,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONIOENCODING: 'utf-8',
        FLEET_URL: url,
        FLEET_KEY: key,
        EVOLUTION_URL: api.simulator.url,
        EVOLUTION_KEY: api.simulator.apiKey,
        ...more,
      }
      execFile('python3', args, { env, cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      )
    })
  const connected = async (name: string, hourlyCapacity: number) => {
    const database = new pg.Client({ connectionString: api.database.url })
    await database.connect()
    await database.query(
      `insert into public.whatsapp_instances (nome, status, capacidade_hora) values ($1, 'connected', $2)`,
      [name, hourlyCapacity],
    )
    await database.end()
    api.simulator.control.addInstance({ name })
  }
  const sent = async () => (await query(api, 'fleet.stats', {})).body.result.data.day.sent

  it('create a number, save its QR code as a picture, and show the health of all', async () => {
    const created = await run('admin.py', ['criar', 'loja-01', '(11) 98765-4321'], ADMIN_KEY)
    expect(created).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Telefone: \+5511987654321\nEscaneie o QR Code/),
    })
    expect(readFileSync(join(folder, 'loja-01.png')).subarray(1, 4).toString()).toBe('PNG')
    expect((await run('admin.py', ['qrcode', 'loja-01'], ADMIN_KEY)).output).toContain(
      'QR Code em loja-01.png',
    )
    api.simulator.control.scan('loja-01')
    expect((await run('admin.py', ['saude'], '')).output).toBe('healthy: 1 de 1 online\n  ✓ loja-01  open\n')
  })

  it('show the verdict and the day of each number, as older dashboards do, with a key of a viewer', async () => {
    const { body } = await mutate(api, 'key.create', { label: 'the dashboard', role: 'viewer' })
    const shown = await run('admin.py', ['painel'], body.result.data.secret)
    expect(shown).toEqual({
      code: 0,
      output: 'healthy: 1 de 1 online, 0.0% da capacidade do dia\n  🟢 loja-01  0/100 hoje\n',
    })
    const refused = await run('admin.py', ['painel'], BOT_KEY)
    expect(refused).toEqual({ code: 1, output: expect.stringMatching(/\(viewer\).* \(HTTP 403\)\n$/) })
    // Its instants are read by the older Pythons too.
    const program = `import json, sys, datetime; body = json.load(sys.stdin)
print(datetime.datetime.fromisoformat(body["timestamp"]).tzinfo)`
    const answer = await call(`${api.address}/dashboard/health`, { key: VIEWER_KEY })
    const read = spawnSync('python3', ['-c', program], {
      input: JSON.stringify(answer.body),
      encoding: 'utf8',
    })
    expect([read.status, read.stdout]).toEqual([0, 'UTC\n'])
  })

  it('print the refusal in one line', async () => {
    expect(await run('admin.py', ['qrcode', 'nobody'], ADMIN_KEY)).toEqual({
      code: 1,
      output: 'Instância não encontrada (HTTP 404)\n',
    })
    expect((await run('admin.py', ['criar', 'loja-02'], BOT_KEY)).output).toContain('(HTTP 403)')
    expect((await run('admin.py', [], '')).output).toContain('python3 admin.py criar')
    const unreachable = await run('admin.py', ['criar', 'loja-02'], ADMIN_KEY, 'http://127.0.0.1:1')
    expect(unreachable).toEqual({
      code: 1,
      output: expect.stringMatching(/^zapfleet at http:\/\/127\.0\.0\.1:1 does not answer: .*\n$/),
    })
  })

  it('write to contacts through the fleet, each once, by another number when one cannot send', async () => {
    await connected('Vendas São/Paulo', 50)
    await connected('vendas-02', 50)
    // Its connection is lost and Evolution still reads open: every send through it fails.
    api.simulator.control.drop('Vendas São/Paulo')
    api.simulator.control.drop('loja-01')
    const contacts = ['5511900000001', '5511900000002', '5511900000003']
    const before = await sent()
    const { code, output } = await run('bot.py', ['Olá!', ...contacts], BOT_KEY)
    expect([code, output]).toEqual([0, contacts.map((one) => `${one}  sent by vendas-02\n`).join('')])
    expect(api.simulator.control.sent().map((one) => [one.number, one.text])).toEqual(
      contacts.map((one) => [one, 'Olá!']),
    )
    // The reservations on the broken numbers were released.
    expect(await sent()).toBe(before + 3)
  })

  it('do not send by the reservation of an earlier message, where a bot names its messages itself', async () => {
    const own = 'import uuid; uuid.uuid4 = lambda: "order-1042"; import bot; bot.main()'
    const again = () =>
      python(['-c', own, 'Olá!', '5511933334444'], BOT_KEY, api.address, { PYTHONPATH: examples })
    const before = await sent()
    expect(await again()).toMatchObject({ code: 0, output: expect.stringContaining('sent by') })
    expect(await again()).toMatchObject({
      code: 1,
      output: expect.stringContaining('not sent: its reservation is confirmed already'),
    })
    expect(await sent()).toBe(before + 1)
    expect(
      api.simulator.control.sent().filter(({ number }) => number.startsWith('5511933334444')),
    ).toHaveLength(1)
  })

  it('send by one call, as the enviar of older programs: one message arrives and the counter is 1 more', async () => {
    const before = await sent()
    const to = '5511900000011'
    const { code, output } = await run('enviar.py', [to, 'Olá!'], BOT_KEY)
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^5511900000011 {2}sent {2}vendas-02 {2}[0-9a-f-]{36}\n$/),
    ])
    const arrived = api.simulator.control.sent().filter((one) => one.number === to)
    expect(arrived.map((one) => [one.instance, one.text])).toEqual([['vendas-02', 'Olá!']])
    expect(await sent()).toBe(before + 1)
    const wrong = await run('enviar.py', ['crm-1042', 'Olá!'], BOT_KEY)
    expect(wrong).toEqual({
      code: 1,
      output: expect.stringMatching(/^INVALID_INPUT: Invalid input: to: expected a phone/),
    })
    api.simulator.control.setNumberMissing('5511900000012', true)
    const missing = await run('enviar.py', ['5511900000012', 'Olá!'], BOT_KEY)
    expect(missing).toEqual({
      code: 1,
      output: expect.stringMatching(/^5511900000012 {2}failed .*\nIt was not sent/),
    })
    expect(await sent()).toBe(before + 1)
  })

  it('release the seat for a number without WhatsApp, keep it counted when in doubt', async () => {
    api.simulator.control.setNumberMissing('5511900000009', true)
    const before = await sent()
    const missing = await run('bot.py', ['Olá!', '5511900000009'], BOT_KEY)
    expect(missing).toEqual({ code: 1, output: '5511900000009  not sent: this number has no WhatsApp\n' })
    expect(await sent()).toBe(before)
    const failure = (code: number, message: unknown) => ({
      code,
      body: { status: code, error: 'Bad Request', response: { message } },
    })
    const answers = [
      { code: 502 },
      // The connection was cut: the message may have been sent.
      failure(400, ['Error: Timed Out']),
    ]
    for (const [times, answer] of answers.entries()) {
      const fault = api.simulator.control.fault({
        kind: 'status',
        ...answer,
        match: { route: 'message/sendText' },
      })
      const doubt = await run('bot.py', ['Olá!', '5511900000001'], BOT_KEY)
      fault.remove()
      expect(doubt).toMatchObject({ code: 1, output: expect.stringContaining('in doubt') })
      expect(await sent()).toBe(before + times + 1)
    }
    const inDoubt = await sent()
    api.simulator.control.fault({
      kind: 'status',
      // Evolution's own envelope with 500 comes from before the send.
      ...failure(500, 'whatever'),
      match: { route: 'message/sendText' },
    })
    const unsent = await run('bot.py', ['Olá!', '5511900000001'], BOT_KEY)
    expect(unsent).toMatchObject({ code: 1, output: expect.stringContaining('not sent') })
    expect(await sent()).toBe(inDoubt)
    api.simulator.control.clearFaults()
  })

  it('send by the Evolution server of the number, and by another number where the bot lacks the server', async () => {
    const second = await startSimulator({ timeScale: 0 })
    try {
      const { url, apiKey } = second
      await mutate(api, 'server.add', { name: 'evolution-2', url, apiKey })
      second.control.addInstance({ name: 'longe-01' })
      await mutate(api, 'instance.import', {})
      const contact = '5511900000021'
      await mutate(api, 'contact.setPreference', { id: contact, instanceName: 'longe-01' })
      const lacking = await run('bot.py', ['Olá!', contact], BOT_KEY)
      expect(lacking).toEqual({ code: 0, output: `${contact}  sent by vendas-02\n` })
      await mutate(api, 'contact.setPreference', { id: contact, instanceName: 'longe-01' })
      const servers = { EVOLUTION_SERVERS: JSON.stringify({ 'evolution-2': { url, apiKey } }) }
      const knowing = await run('bot.py', ['Olá!', contact], BOT_KEY, api.address, servers)
      expect(knowing).toEqual({ code: 0, output: `${contact}  sent by longe-01\n` })
      expect(second.control.sent().map(({ number, instance }) => [number, instance])).toEqual([
        [contact, 'longe-01'],
      ])
    } finally {
      await second.close()
    }
  })
})
