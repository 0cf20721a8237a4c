import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeEach, expect, it, vi } from 'vitest'
import { callOf, forgetContact, openSender, type SendInput, sendMessage } from '../../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'
import { dumpOf } from './dump.ts'

const PATIENTLY = { timeout: 60_000, interval: 10 }
const PERSON = '5511977776666'
const ROUTE = { route: 'message/sendText' }

const simulator = await startSimulator({ timeScale: 0 })
const { control } = simulator
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
const { fleet, sql, another } = await testFleet({ evolution })
const other = await another()
const call = callOf(fleet)
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})

let before = 0
beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.messages, zapfleet.message_lanes, zapfleet.message_changes')
  control.clearFaults()
  for (const { name } of control.instances()) control.removeInstance(name)
  for (const name of ['a', 'b']) control.addInstance({ name })
  await addInstances(sql, ['a', 'b'])
  before = control.sent().length
})

const forget = () => forgetContact(other, { id: PERSON }, () => '***')
const message = (more: Partial<SendInput> = {}): SendInput => ({
  to: PERSON,
  text: `para ${PERSON}`,
  ...more,
})
const arrived = () => control.sent().length - before
const isSending = () =>
  vi.waitFor(
    async () => expect(await sql(`select 1 from zapfleet.messages where state = 'sending'`)).toHaveLength(1),
    PATIENTLY,
  )
const counted = async () => {
  const [row] = await sql('select sum(msgs_enviadas_hora)::int n from whatsapp_instances')
  return row?.n
}
const isForgotten = async () => {
  const dump = await dumpOf(sql)
  return !dump.includes(PERSON) && !dump.includes('77776666')
}

it('a message in flight arrives once, stays counted, and its caller learns that it was removed', async () => {
  const slow = control.fault({ kind: 'delay', ms: 1_500, match: ROUTE })
  const sending = sendMessage(call, message()).catch((error: unknown) => error)
  await isSending()
  await forget()
  expect(await isForgotten()).toBe(true)
  slow.remove()
  expect(await sending).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('removed the contact'),
  })
  expect([arrived(), await counted()]).toEqual([1, 1])
  expect(await sql('select state from zapfleet.reservations')).toEqual([{ state: 'confirmed' }])
  await fleet.messages.idle()
  expect(await isForgotten()).toBe(true)
})

it('a message that turns out not sent is not tried by another number, and gives its seat back', async () => {
  control.drop('a')
  control.drop('b')
  control.fault({ kind: 'delay', ms: 1_500, match: ROUTE })
  const sending = sendMessage(call, message()).catch((error: unknown) => error)
  await isSending()
  await forget()
  expect(await sending).toMatchObject({ code: 'NOT_FOUND' })
  expect([arrived(), await counted()]).toEqual([0, 0])
  expect(await sql('select state from zapfleet.reservations')).toEqual([{ state: 'released' }])
  expect(await isForgotten()).toBe(true)
})

it('messages that wait are never sent, and the next one to the contact is', async () => {
  await sql('update whatsapp_instances set pausada = true')
  await fleet.engine.snapshot.refresh()
  for (const text of ['um', 'dois']) await sendMessage(call, message({ text, validForS: 3_600 }))
  const sender = openSender(call)
  try {
    await forget()
    expect(await isForgotten()).toBe(true)
    await sql('update whatsapp_instances set pausada = false')
    await fleet.engine.snapshot.refresh()
    await sendMessage(call, message({ text: 'novo', validForS: 3_600 }))
    await vi.waitFor(() => expect(arrived()).toBe(1), PATIENTLY)
    await vi.waitFor(
      async () => expect(await sql('select 1 from zapfleet.message_lanes')).toEqual([]),
      PATIENTLY,
    )
    expect(
      control
        .sent()
        .slice(before)
        .map(({ text }) => text),
    ).toEqual(['novo'])
  } finally {
    await sender.stop()
  }
})
