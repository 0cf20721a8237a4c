import { type AppProcess, runApp } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf } from './run.ts'

let fleet: TestFleet
let scheduler: AppProcess
const { zapfleet, json } = commandsOf(() => fleet)

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers('vendas-01', 'vendas-02')
  scheduler = await runApp('scheduler', {
    DATABASE_URL: fleet.databaseUrl,
    EVOLUTION_API_URL: fleet.simulator.url,
    EVOLUTION_API_KEY: fleet.simulator.apiKey,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
    SCHEDULER_PORT: '0',
  })
  await scheduler.logLine('this scheduler leads')
}, 300_000)
afterAll(async () => {
  await scheduler?.end('SIGTERM')
  await fleet?.close()
})

it('without an alert, there is none', async () => {
  expect(await zapfleet('alerts')).toMatchObject({ exit: 0, out: 'There is no open alert.' })
  expect((await zapfleet('alerts --all')).out).toBe('There has been no alert.')
})

it('a banned number is shown within a minute: what, since when, what it means, what to do', async () => {
  fleet.simulator.control.ban('vendas-01', 403)
  await fleet.admin.health.checkAll.mutate({})
  await vi.waitFor(async () => expect(await json('alerts')).toHaveLength(1), {
    timeout: 60_000,
    interval: 500,
  })
  const { out } = await zapfleet('alerts')
  expect(out.split('\n')).toEqual([
    'critical  WhatsApp banned "vendas-01"',
    expect.stringMatching(/^ {2}Since \d\d\/\d\d\/\d{4}, \d\d:\d\d /),
    '  For customers: It sends nothing. Its contacts get another number with their next message.',
    expect.stringContaining('  What to do: Appeal in the WhatsApp app on its phone.'),
    expect.stringMatching(/^ {2}opened .*, sent to no route$/),
  ])
  const portuguese = await zapfleet('alerts', {
    env: { ...at(fleet), LANG: 'pt_BR.UTF-8' },
  })
  expect(portuguese.out).toContain('crítico  O WhatsApp bloqueou "vendas-01"')
  expect(portuguese.out).toContain('não enviado a nenhuma rota')
  const all = await zapfleet('alerts --all', { terminal: [120, 24] })
  expect(all.out).toMatch(/OPENED +UNTIL +SEVERITY +RULE +SUBJECT/)
  expect(all.out).toMatch(/open +critical +number_banned +vendas-01/)
  expect(await json('alerts')).toEqual(await fleet.admin.alert.list.query({ open: true }))
})
