import { expect, it } from 'vitest'
import { callOf, fleetStats, setRestriction, updateInstance } from '../src/index.ts'
import { addInstances, testFleet } from './support/fleet.ts'

const { fleet, sql, clock } = await testFleet()

it('fleet.stats has the room for new contacts of the connected numbers that take them', async () => {
  clock.set('2026-05-05T12:00:00Z')
  const names = [
    'limited',
    'nearly-full',
    'ramp',
    'free',
    'hourly',
    'paused',
    'drained',
    'restricted',
    'twin',
    'failing',
  ]
  await addInstances(sql, names)
  await addInstances(sql, ['away'], { status: 'disconnected' })
  const set = (name: string, changes: object) => updateInstance(callOf(fleet), { name, ...changes })
  for (const name of [...names, 'away'])
    if (name !== 'free' && name !== 'hourly') await set(name, { newContactsPerDay: 20 })
  await set('hourly', { newContactsPerHour: 1 })
  await set('nearly-full', { dailyCapacity: 5 })
  await set('ramp', { ramp: { from: 10, to: 100, days: 21 } })
  await set('paused', { paused: true })
  await set('drained', { draining: true })
  await setRestriction(callOf(fleet), { name: 'restricted', until: null })
  await sql(`update whatsapp_instances set duplicata_de = 'free' where nome = 'twin'`)
  await sql(`update whatsapp_instances set entrega = 'failing' where nome = 'failing'`)
  await sql(
    `update whatsapp_instances set novos_enviados_dia = 7, novos_janela_dia = '2026-05-05T03:00Z' where nome in ('limited', 'paused', 'free')`,
  )
  await sql(
    `update whatsapp_instances set novos_enviados_dia = 9, novos_janela_dia = '2026-05-04T03:00Z' where nome = 'ramp'`,
  )
  // limited has 13 of 20 left; nearly-full may send 5 messages; ramp 10, and counted 9 yesterday.
  expect((await fleetStats(fleet)).newContacts).toEqual({
    perDay: 60,
    sentToday: 7,
    remainingToday: 28,
    unlimited: 2,
  })
})
