import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { chooseInstance, type Fleet, readiness, reserve } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { sql, url, another } = await testFleet()
const role = `serving_${randomUUID().slice(0, 8)}`
const serving = Object.assign(new URL(url), { username: role, password: 'serving' }).href
const WHY = `from the role ${role}. Serve as the owner of the tables or as a role with BYPASSRLS`

beforeAll(async () => {
  await sql(`create role ${role} login password 'serving'`)
  await sql(`grant usage on schema public, zapfleet to ${role}`)
  await sql(`grant select, insert, update, delete on all tables in schema public, zapfleet to ${role}`)
  await sql(`grant usage on all sequences in schema zapfleet to ${role}`)
})
let fleet: Fleet
beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, ['vendas', 'suporte'])
  fleet = await another({ databaseUrl: serving })
})
afterEach(async () => {
  for (const { table } of await sql(`select distinct polrelid::regclass::text as table from pg_policy`))
    for (const { name } of await sql(
      `select polname as name from pg_policy where polrelid = '${table}'::regclass`,
    ))
      await sql(`drop policy ${name} on ${table}`)
  for (const { table } of await sql(`select oid::regclass::text as table from pg_class where relrowsecurity`))
    await sql(`alter table ${table} disable row level security`)
})
afterAll(async () => {
  await sql(`drop owned by ${role}`)
  await sql(`drop role ${role}`)
})

const secure = (table: string, ...policies: string[]): Promise<unknown> =>
  Promise.all([
    sql(`alter table ${table} enable row level security`),
    ...policies.map((policy, n) => sql(`create policy p${n} on ${table} ${policy.replaceAll('ROLE', role)}`)),
  ])
const reason = async (): Promise<string> => {
  const answer = await readiness(fleet)
  return answer.ready ? 'ready' : answer.reason
}
const hides = (...tables: string[]): string =>
  `row level security (RLS) hides the rows of ${tables.join(', ')} ${WHY}`

it('is ready for a role with its rights where row level security is off', async () => {
  expect(await reason()).toBe('ready')
  expect((await reserve(fleet, {})).instanceName).toMatch(/vendas|suporte/)
})

it.each([
  ['public.whatsapp_instances'],
  ['public.clientes'],
  ['public._prisma_migrations'],
  ['zapfleet.reservations'],
  ['zapfleet.api_keys'],
])('is not ready while %s admits no row', async (table) => {
  await secure(table)
  expect(await reason()).toContain(hides(table))
})

it.each([
  ['no policy', []],
  ['a policy for another role', ['to pg_monitor using (true)']],
  ['a policy that admits nothing', ['to ROLE using (false)']],
  ['one for reading alone', ['for select to ROLE using (true)']],
  ['none for new rows', ['for select using (true)', 'for update using (true)']],
  ['a condition that no row meets', [`using (nome = 'another')`]],
  ['a restrictive one that no row meets', ['using (true)', `as restrictive using (nome = 'another')`]],
])('is not ready while the instances have %s', async (_, policies) => {
  await sql('analyze whatsapp_instances')
  await secure('public.whatsapp_instances', ...policies)
  await vi.waitFor(async () => expect(await reason()).toContain(hides('public.whatsapp_instances')), {
    timeout: 60_000,
  })
})

it('reserve and choose name row level security instead of an empty fleet', async () => {
  await secure('public.whatsapp_instances')
  const fresh = await another({ databaseUrl: serving })
  for (const act of [() => reserve(fresh, { contactId: '5511999990000' }), () => chooseInstance(fresh, {})])
    await expect(act()).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/^No instance is visible: row level security \(RLS\) hides the rows of/),
    })
  await clearFleet(sql)
  await sql('alter table whatsapp_instances disable row level security')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await expect(reserve(fresh, {})).rejects.toMatchObject({
    code: 'NO_CAPACITY',
    message: expect.stringContaining('there is no instance'),
  })
})

it.each([
  ['a policy that shows every row', ['to ROLE using (true) with check (true)']],
  [
    'one for each command',
    ['for select using (true)', 'for update using (true)', 'for insert with check (true)'],
  ],
  ['a condition that the rows meet', [`using (current_user = '${role}')`]],
  ['a restrictive one that shows every row', ['using (true)', 'as restrictive using (true)']],
])('is ready with %s', async (_, policies) => {
  await secure('public.whatsapp_instances', ...policies)
  expect(await reason()).toBe('ready')
  expect((await reserve(fleet, {})).instanceName).toMatch(/vendas|suporte/)
})
