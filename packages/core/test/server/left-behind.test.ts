import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { beforeEach, expect, it } from 'vitest'
import {
  addServer,
  callOf,
  checkAllInstances,
  createInstance,
  deleteInstance,
  finishDueLeftovers,
  finishMoves,
  finishRemovals,
  getInstance,
  moveInstance,
  pairInstance,
  removeServer,
} from '../../src/index.ts'
import { emptyTables } from '../support/fleet.ts'
import { severalServers } from './several-servers.ts'

const PHONE = '+5511987650001'

const { fleet, sql, simulators } = await severalServers(['b'])
const [a, b] = simulators as [Simulator, Simulator]
const call = callOf(fleet)

beforeEach(async () => {
  await emptyTables(
    sql,
    'whatsapp_instances, zapfleet.events, zapfleet.server_rounds, zapfleet.leftovers, zapfleet.removals, zapfleet.leases',
  )
  for (const { control } of simulators) {
    await control.outage(null)
    control.clearFaults()
    for (const { name } of control.instances()) control.removeInstance(name)
  }
})

const leftovers = () => sql('select instance_name, server from zapfleet.leftovers')
const haveSales = (): boolean[] =>
  [a, b].map(({ control }) => control.instances().some(({ name }) => name === 'sales'))

async function pairedOn(server: 'default' | 'b'): Promise<void> {
  await createInstance(call, { name: 'sales', phoneNumber: PHONE, server })
  await scan(server)
}

async function scan(server: 'default' | 'b'): Promise<void> {
  const { control } = server === 'b' ? b : a
  control.scan('sales', { phone: PHONE.slice(1) })
  await expect.poll(() => pairInstance(call, { name: 'sales' })).toEqual({ state: 'already_connected' })
}

it('creates a name again whose server was removed, also while its delete is open there', async () => {
  const c = await startSimulator({ timeScale: 0.01 })
  await addServer(call, { name: 'c', url: c.url, apiKey: c.apiKey })
  await createInstance(call, { name: 'sales', server: 'c' })
  await c.close()
  await sql("update whatsapp_instances set removida_em = now() where nome = 'sales'")
  await sql(
    "insert into zapfleet.removals (instance_name, asked_at) values ('sales', now() - interval '1 hour')",
  )
  await removeServer(call, { name: 'c' })
  expect(await finishRemovals(call)).toBe(0)
  expect(await sql('select instance_name from zapfleet.removals')).toEqual([])
  expect((await createInstance(call, { name: 'sales', server: 'b' })).instance.server).toBe('b')
})

it('creates a name again on the server that it moved away from a moment before', async () => {
  await pairedOn('default')
  await moveInstance(call, { name: 'sales', server: 'b' })
  await scan('b')
  await deleteInstance(call, { name: 'sales' })
  expect(haveSales()).toEqual([true, false])
  const { pairing } = await createInstance(call, { name: 'sales', phoneNumber: PHONE, server: 'default' })
  expect(pairing.state).toBe('qr')
  expect(await leftovers()).toEqual([])
  expect(a.control.instance('sales').memory).toBe('connecting')
})

it('deletes a number on the server that a move ends on meanwhile', async () => {
  await pairedOn('default')
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.scan('sales', { phone: PHONE.slice(1) })
  // The delete has read where the number is, and waits for that server.
  a.control.fault({ kind: 'delay', ms: 1_500, match: { route: 'instance/fetchInstances' }, times: 1 })
  const deleted = deleteInstance(call, { name: 'sales' })
  await expect.poll(() => finishMoves(call)).toBe(1)
  await deleted
  await sql("update zapfleet.leftovers set due_at = due_at - interval '2 minutes'")
  await finishDueLeftovers(call)
  expect(haveSales()).toEqual([false, false])
  expect(await leftovers()).toEqual([])
})

it('leaves the instance of another program that took the name on the target first', async () => {
  await pairedOn('default')
  b.control.fault({ kind: 'status', code: 404, match: { method: 'GET' }, times: 2 })
  b.control.addInstance({ name: 'sales' })
  await expect(moveInstance(call, { name: 'sales', server: 'b' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('"b"'),
  })
  await finishDueLeftovers(call)
  expect(haveSales()).toEqual([true, true])
  expect(await getInstance(fleet, { name: 'sales' })).toMatchObject({ server: 'default', movingTo: null })
})

it('states what to do where the target of a move lost the instance', async () => {
  await pairedOn('default')
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.removeInstance('sales')
  await expect(pairInstance(call, { name: 'sales' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/"b".*Move it there again/),
  })
  expect((await moveInstance(call, { name: 'sales', server: 'b' })).pairing).toMatchObject({ state: 'qr' })
})

it('shows the code of the new server while the number is still being paired with its own', async () => {
  await createInstance(call, { name: 'sales', server: 'default' })
  a.control.expireQr('sales')
  a.control.fault({ kind: 'delay', ms: 1_500, match: { route: 'instance/connectionState' }, times: 1 })
  a.control.resetCalls()
  const before = pairInstance(call, { name: 'sales' })
  await expect.poll(() => a.control.calls({ route: '/instance/connectionState' })).not.toEqual([])
  const { pairing } = await moveInstance(call, { name: 'sales', server: 'b' })
  expect(pairing).toMatchObject({ state: 'qr' })
  const own = await before
  expect(own).toMatchObject({ state: 'qr' })
  expect((pairing as { code: string }).code).not.toBe((own as { code: string }).code)
})

it('waits for no server that hangs with each instance that is left on it', async () => {
  for (const name of ['n1', 'n2', 'n3', 'n4'])
    await sql("insert into zapfleet.leftovers (instance_name, server, due_at) values ($1, 'b', now())", [
      name,
    ])
  await sql(
    "insert into whatsapp_instances (nome, status, mudando_para) select 'm' || n, 'connected', 'b' from generate_series(1, 4) n",
  )
  await b.control.outage('hang')
  const begun = performance.now()
  expect(await finishMoves(call)).toBe(0)
  expect(await finishDueLeftovers(call)).toBe(0)
  expect(performance.now() - begun).toBeLessThan(9_000)
})

it('removes a server when the numbers that moved away are deleted there, or it does not answer for long', async () => {
  const c = await startSimulator({ timeScale: 0.01 })
  await addServer(call, { name: 'c', url: c.url, apiKey: c.apiKey })
  await sql("insert into zapfleet.leftovers (instance_name, server, due_at) values ('sales', 'c', now())")
  await expect(removeServer(call, { name: 'c' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('1 number that moved away'),
  })
  await c.close()
  await sql("update zapfleet.leftovers set due_at = due_at - interval '2 minutes'")
  await removeServer(call, { name: 'c' })
  expect(await leftovers()).toEqual([])
})

const minutesLater = (minutes: number) =>
  sql("update zapfleet.server_rounds set silent_since = silent_since - $1 * interval '1 minute'", [minutes])

it('deletes a number without its server, which has not answered for 15 minutes, and there when it answers again', async () => {
  await pairedOn('b')
  await b.control.outage('refuse')
  await checkAllInstances(call)
  await minutesLater(14)
  await expect(deleteInstance(call, { name: 'sales' })).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
    message: expect.stringMatching(/"b" does not answer.*"sales" is unchanged.*15 minutes/),
  })
  expect(await getInstance(fleet, { name: 'sales' })).toMatchObject({ server: 'b' })

  // The silence counts from its first round.
  await checkAllInstances(call)
  await minutesLater(1)
  const notYet = { name: 'sales', verified: false }
  expect(await deleteInstance(call, { name: 'sales' })).toEqual(notYet)
  await expect(getInstance(fleet, { name: 'sales' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  // A round that reads no instance shows nothing of the server.
  await checkAllInstances(call)
  expect(await deleteInstance(call, { name: 'sales' })).toEqual(notYet)
  await expect(createInstance(call, { name: 'sales', server: 'default' })).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
    message: expect.stringContaining('the name is free when its server answers, or is removed'),
  })

  await b.control.outage(null)
  await sql("update zapfleet.removals set asked_at = asked_at - interval '1 minute'")
  expect(await finishRemovals(call)).toBe(1)
  expect(haveSales()).toEqual([false, false])
})

it('counts no time without rounds: between two of them a minute at most', async () => {
  await pairedOn('b')
  await b.control.outage('refuse')
  await checkAllInstances(call)
  await sql(
    "update zapfleet.server_rounds set started_at = started_at - interval '20 minutes', silent_since = silent_since - interval '33 minutes'",
  )
  await checkAllInstances(call)
  await minutesLater(0.9)
  await expect(deleteInstance(call, { name: 'sales' })).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
  })
  await minutesLater(0.2)
  expect(await deleteInstance(call, { name: 'sales' })).toEqual({ name: 'sales', verified: false })
})

it('waits for a server again that has answered in between', async () => {
  await pairedOn('b')
  await b.control.outage('refuse')
  await checkAllInstances(call)
  await minutesLater(20)
  await b.control.outage(null)
  await checkAllInstances(call)
  await b.control.outage('refuse')
  await checkAllInstances(call)
  await expect(deleteInstance(call, { name: 'sales' })).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
  })
})

it('deletes a number without a server that has refused every reading for 15 minutes', async () => {
  await pairedOn('b')
  b.control.unlicensed(true)
  try {
    await checkAllInstances(call)
    await expect(deleteInstance(call, { name: 'sales' })).rejects.toMatchObject({
      code: 'EVOLUTION_REFUSED',
      nextStep: 'activate_licence',
    })
    await minutesLater(15)
    expect(await deleteInstance(call, { name: 'sales' })).toEqual({ name: 'sales', verified: false })
  } finally {
    b.control.unlicensed(false)
  }
})

it('removes a server that is gone for good after its numbers moved or were deleted', async () => {
  const c = await startSimulator({ timeScale: 0.01 })
  await addServer(call, { name: 'c', url: c.url, apiKey: c.apiKey })
  await createInstance(call, { name: 'sales', server: 'c' })
  await createInstance(call, { name: 'support', server: 'c' })
  await c.close()
  await checkAllInstances(call)
  await minutesLater(15)
  await moveInstance(call, { name: 'sales', server: 'b' })
  await scan('b')
  await deleteInstance(call, { name: 'support' })
  await sql("update zapfleet.leftovers set due_at = due_at - interval '3 minutes'")
  await removeServer(call, { name: 'c' })
  expect((await createInstance(call, { name: 'support', server: 'b' })).instance.server).toBe('b')
  // Another server of this name begins anew.
  expect(await sql("select server from zapfleet.server_rounds where server = 'c'")).toEqual([])
})
