import { createSealer } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { showGlobalWebhook } from '../src/show-global-webhook.ts'
import { findings, line, makePatient, type Patient, runDoctor } from './patient.ts'

const SECRET = 'doctor-tests-secret-0123456789-abcdefg'
let patient: Patient
let south: Simulator
let env: Record<string, string>

const mutate = async (procedure: string, input: object): Promise<void> => {
  const answer = await fetch(`${patient.env.PUBLIC_URL}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': patient.env.ADMIN_API_KEY ?? '' },
    body: JSON.stringify(input),
  })
  if (!answer.ok) throw new Error(`${procedure}: ${await answer.text()}`)
}

beforeAll(async () => {
  ;[patient, south] = await Promise.all([makePatient({ ZAPFLEET_SECRET: SECRET }), startSimulator()])
  env = patient.env
  for (const name of ['south-1', 'south-2', 'south-3']) south.control.addInstance({ name, state: 'open' })
  await mutate('server.add', { name: 'south', url: south.url, apiKey: south.apiKey })
  await mutate('instance.import', {})
  await patient.poll()
})
afterAll(() => Promise.all([patient.close(), south.close()]))

it('has the checks of the default server for each other one, which is compared with its own inventory', async () => {
  const found = await findings(env)
  expect(line(found, 'instances')).toBe('ok: 2 numbers, here and on Evolution alike')
  expect(line(found, 'evolution south')).toContain(`answers at ${south.url}: no message reaches anybody`)
  expect(line(found, 'evolution key south')).toBe('ok: it opens the inventory: 3 instances')
  expect(line(found, 'instances south')).toBe('ok: 3 numbers, here and on Evolution alike')
  expect(line(found, 'webhook south')).toBe(
    `ok: ${env.PUBLIC_URL}/webhooks/evolution/servers/south; 3 of 3 numbers report there`,
  )
  expect(line(found, 'webhook')).toContain('2 of 2 numbers report there')
  expect(found.has('servers')).toBe(false)
  expect([...found.values()].filter(({ verdict }) => verdict === 'fail')).toEqual([])
})

it('names what a server has and the registry has not, and the other way round', async () => {
  south.control.removeInstance('south-3')
  south.control.addInstance({ name: 'stranger', state: 'open' })
  expect(line(await findings(env), 'instances south')).toMatch(
    /^warn: not on Evolution: south-3; not registered here: stranger → /,
  )
  south.control.addInstance({ name: 'south-3', state: 'open' })
  south.control.removeInstance('stranger')
})

it('an instance that a move left on a server, or makes there, is expected there', async () => {
  south.control.addInstance({ name: 'vendas', state: 'connecting' })
  south.control.addInstance({ name: 'gone', state: 'open' })
  await patient.sql(`update whatsapp_instances set mudando_para = 'south' where nome = 'vendas'`)
  await patient.sql(
    `insert into zapfleet.leftovers (instance_name, server, due_at) values ('gone', 'south', now() + interval '1 minute')`,
  )
  expect(line(await findings(env), 'instances south')).toBe('ok: 3 numbers, here and on Evolution alike')
  await patient.sql(`update whatsapp_instances set mudando_para = null`)
  await patient.sql('delete from zapfleet.leftovers')
  for (const name of ['vendas', 'gone']) south.control.removeInstance(name)
})

it('names the settings of a server that does not answer; the default one has findings of its own', async () => {
  await south.control.outage('refuse')
  const found = await findings(env)
  await south.control.outage(null)
  expect(line(found, 'evolution south')).toMatch(
    /^fail: nothing answers at .* mend the address of the server "south" \(server\.update\)\. After two rounds .* read unknown .* move its numbers to another one \(instance\.move\), or delete them/,
  )
  expect(line(found, 'instances south')).toMatch(/^skip: /)
  expect(line(found, 'evolution')).toMatch(/^warn: the simulator/)
  expect(line(found, 'instances')).toMatch(/^ok: /)
})

it('names the servers whose keys ZAPFLEET_SECRET does not open, and calls none of them', async () => {
  south.control.resetCalls()
  const found = await findings(env, { ZAPFLEET_SECRET: `other-${SECRET}` })
  expect(line(found, 'secrets')).toBe(
    'fail: the keys of the Evolution servers south cannot be opened: sealed with another ZAPFLEET_SECRET → Set the ZAPFLEET_SECRET of that time, or set it as ZAPFLEET_SECRET_PREVIOUS beside the present one; or store the secrets anew: give the keys of the servers to server.update.',
  )
  expect(line(found, 'evolution south')).toBe('skip: not called: its key cannot be opened')
  expect(south.control.calls({})).toEqual([])
  const { ZAPFLEET_SECRET: _, ...without } = env
  expect(line(await findings(without), 'secrets')).toContain('ZAPFLEET_SECRET is not set, so the keys of')
  const damaged = createSealer(SECRET).seal(south.apiKey, 'server:another')
  const [{ sealed_key: sealed } = {}] = await patient.sql('select sealed_key from zapfleet.servers')
  await patient.sql('update zapfleet.servers set sealed_key = $1', [damaged])
  expect(line(await findings(env), 'secrets')).toContain('the keys of the Evolution servers south')
  await patient.sql('update zapfleet.servers set sealed_key = $1', [sealed])
})

it('a number on a server that is not registered is a failure', async () => {
  await patient.sql(`update whatsapp_instances set servidor = 'lost' where nome = 'south-2'`)
  const found = await findings(env)
  await patient.sql(`update whatsapp_instances set servidor = 'south' where nome = 'south-2'`)
  expect(line(found, 'servers')).toMatch(
    /^fail: numbers are on Evolution servers that are not registered: lost \(south-2\) → Add each server again/,
  )
})

it('prints the address of the global webhook of a server, which accepts its events', async () => {
  const { code, stdout } = await runDoctor(env, '--global-webhook', 'south')
  expect(code).toBe(0)
  const address = stdout.trim()
  const { words } = await showGlobalWebhook(env, { source: 'test' })
  expect(address).not.toBe(words)
  const post = (url: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ event: 'messages.update', instance: 'south-1', data: {} }),
    })
  expect((await post(address)).status).toBe(200)
  expect(await showGlobalWebhook(env, { source: 'test', server: 'west' })).toEqual({
    isAddress: false,
    words: 'There is no server named "west": expected one of default, south.',
  })
  expect((await runDoctor(env, 'south')).code).toBe(2)
})
