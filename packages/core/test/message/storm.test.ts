import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as rest } from 'node:timers/promises'
import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { bundleProgram } from '@zapfleet/testing'
import pLimit from 'p-limit'
import { afterAll, expect, it } from 'vitest'
import { callOf, type Message, sendMessage, watchMessages } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'

/** More for a soak; then the times are those of production: a lost send is `unknown` after two minutes. */
const MESSAGES = Number(process.env.ZAPFLEET_STORM_MESSAGES ?? 600)
const IS_SOAK = MESSAGES > 5_000
const sendTimes = IS_SOAK ? undefined : { timeoutMs: 3_000, unknownAfterMs: 12_000 }
const NUMBERS = Array.from({ length: 20 }, (_, index) => `n${String(index).padStart(2, '0')}`)
const SENDERS = 3
/** A sender is killed each time so many messages were written: in the middle of its sends, on a machine of any speed. */
const KILL_EVERY_MESSAGES = 100
const wait = { timeout: 1_200_000, interval: 250 }

const simulator = await startSimulator({ timeScale: 0 })
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
const { fleet, sql, url } = await testFleet({ evolution, sendTimes, queueLimits: { messages: 20_000 } })
const call = callOf(fleet)
const ended = new AbortController()
const senders: ChildProcess[] = []

afterAll(async () => {
  ended.abort()
  for (const sender of senders) sender.kill('SIGKILL')
  await evolution.close()
  await simulator.close()
})

const startOne = async (): Promise<ChildProcess> => {
  const program = await bundleProgram(new URL('./sender-worker.ts', import.meta.url))
  const evolutionOf = { url: simulator.url, apiKey: simulator.apiKey }
  const argument = JSON.stringify({ url, evolution: evolutionOf, sendTimes })
  return fork(program, [argument], { execArgv: [] })
}

const countIn = async (states: string[]): Promise<number> =>
  Number((await sql('select count(*) n from zapfleet.messages where state = any($1)', [states]))[0]?.n)

it('sends each of many messages at most once, and loses none, while senders are killed and Evolution fails', async () => {
  for (const name of NUMBERS) simulator.control.addInstance({ name })
  await addInstances(sql, NUMBERS, { hour: 10_000, day: 100_000, paused: true })
  const limit = pLimit(64)
  const to = (index: number): string => `55119${String(70_000_000 + Math.floor(index / 3))}`
  const sends = Array.from({ length: MESSAGES }, (_, index) =>
    limit(() => sendMessage(call, { to: to(index), text: String(index), validForS: 3_600 })),
  )
  const messages: Message[] = await Promise.all(sends)
  expect(messages.every((message) => message.state === 'queued')).toBe(true)

  simulator.control.sendMishaps({ seed: 7, hangBefore: 0.025, hangAfter: 0.025, refused: 0.02 })
  void watchMessages(call, ended.signal)
  for (let index = 0; index < SENDERS; index++) senders.push(await startOne())
  await sql('update whatsapp_instances set pausada = false')
  const killing = (async () => {
    for (let turn = 0; ; turn++) {
      while (simulator.control.sent().length < (turn + 1) * KILL_EVERY_MESSAGES) {
        if (ended.signal.aborted) return
        await rest(20)
      }
      const victim = senders[turn % SENDERS]
      if (!victim) return
      victim.kill('SIGKILL')
      await once(victim, 'exit')
      senders[turn % SENDERS] = await startOne()
    }
  })()
  let longestMs = 0
  await expect
    .poll(async () => {
      const [row] = await sql(
        `select coalesce(max(extract(epoch from clock_timestamp() - sending_at)) * 1000, 0) ms from zapfleet.messages where state = 'sending'`,
      )
      longestMs = Math.max(longestMs, Number(row?.ms))
      return countIn(['queued', 'sending'])
    }, wait)
    .toBe(0)
  ended.abort()
  await killing
  for (const sender of senders) sender.kill('SIGKILL')

  const written = new Map<string, number>()
  const received = simulator.control.received()
  for (const texts of Object.values(received)) {
    for (const one of texts) written.set(one.text, (written.get(one.text) ?? 0) + 1)
    const order = texts.map((one) => Number(one.text))
    expect(order).toEqual([...order].sort((one, other) => one - other))
  }
  const rows = await sql(
    `select state, (attempts -> -1 ->> 'result') result, recipient, content from zapfleet.messages order by id`,
  )
  const wrong = rows.flatMap((row, index) => {
    const times = written.get(String(index)) ?? 0
    const may = { sent: times === 1, unknown: times <= 1 }[String(row.state)] ?? false
    return may ? [] : [{ ...row, index, times }]
  })
  expect(wrong).toEqual([])
  expect(rows).toHaveLength(MESSAGES)
  expect(await countIn(['sent', 'unknown'])).toBe(MESSAGES)
  // Each hang makes one message unknown, and each kill those that were in flight.
  expect(await countIn(['sent'])).toBeGreaterThan(MESSAGES / 2)
  const mishaps = simulator.control.mishapCounts()
  expect(Math.min(mishaps.hangBefore, mishaps.hangAfter, mishaps.refused)).toBeGreaterThan(0)
  // An hour may end during the storm: the counter of each number is of its last one.
  const counted = await sql(
    `select i.nome, i.msgs_enviadas_hora counted, (
       select count(*)::int from zapfleet.reservations r
       where r.instance_name = i.nome and r.hour_window = i.janela_hora and r.state <> 'released') seats
     from whatsapp_instances i`,
  )
  expect(counted.filter((one) => one.counted !== one.seats)).toEqual([])
  expect(counted.some((one) => Number(one.seats) > 0)).toBe(true)
  if (IS_SOAK) expect(longestMs).toBeLessThan(150_000)
}, 1_500_000)
