import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as rest } from 'node:timers/promises'
import { bundleProgram } from '@zapfleet/testing'
import { afterEach, expect, it } from 'vitest'
import { type Fleet, resetDailyCounters, resetHourlyCounters } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import type { Sending, Sent } from './sender.ts'

const { sql, url, another } = await testFleet()
const children: ReturnType<typeof fork>[] = []

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts a process that sends on request; resolves when its fleet is open. */
async function startSender(): Promise<{ send(order: Sending): Promise<Sent> }> {
  const child = fork(await bundleProgram(new URL('./sender.ts', import.meta.url)), [url], { execArgv: [] })
  children.push(child)
  const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a sender ended with ${code}`)))
  gone.catch(() => {})
  await Promise.race([once(child, 'message'), gone])
  return {
    async send(order) {
      const told = once(child, 'message') as Promise<[Sent]>
      child.send(order)
      return (await Promise.race([told, gone]))[0]
    },
  }
}

const FROM = Date.parse('2026-05-06T01:50:00Z')
const UNTIL = Date.parse('2026-05-06T04:10:00Z')
const SECONDS = 3

it('no reset undoes a send: three processes send across hours and midnight while resets run without end', async () => {
  const instances = ['a', 'b', 'c', 'd']
  await addInstances(sql, instances, { hour: 400, day: 1_000 })
  // No message is sent through this one: only resets move its windows.
  await addInstances(sql, ['idle'], { paused: true })
  // Every change of a counter, in the order in which the rows were locked.
  await sql(
    `create table public.ledger (id bigint generated always as identity, nome text, hour timestamptz, day timestamptz, h int, d int)`,
  )
  await sql(`create function public.keep() returns trigger language plpgsql as $$ begin
    insert into public.ledger (nome, hour, day, h, d) values (new.nome, new.janela_hora, new.janela_dia, new.msgs_enviadas_hora, new.msgs_enviadas_dia);
    return null; end $$`)
  await sql(
    'create trigger keep after update on whatsapp_instances for each row execute function public.keep()',
  )

  let realFromMs = 0
  const speed = (UNTIL - FROM) / (SECONDS * 1_000)
  const now = (): number => FROM + (Date.now() - realFromMs) * speed
  // Clocks that differ by simulated minutes: a reset runs before, between and after the sends of one window.
  const senders = await Promise.all([startSender(), startSender(), startSender()])
  const resetters = await Promise.all(
    [300_000, 0, -300_000].map((skewMs) => another({ clock: () => new Date(now() + skewMs) })),
  )
  realFromMs = Date.now()
  const order = { realFromMs, simulatedFromMs: FROM, speed, untilMs: UNTIL, instances }
  const sending = Promise.all(
    senders.map((sender, number) => sender.send({ ...order, skewMs: (number - 1) * 240_000 })),
  )
  let moved = 0
  const resetOn = async (fleet: Fleet): Promise<void> => {
    do {
      const hourly = (await resetHourlyCounters(fleet)).changed
      const daily = (await resetDailyCounters(fleet)).changed
      // After the awaits: "n += await …" reads n before, and loses what others added meanwhile.
      moved += hourly + daily
      await rest(15)
    } while (now() < UNTIL)
  }
  const [told] = await Promise.all([sending, ...resetters.map(resetOn)])
  const sent = told.reduce((sum, one) => sum + one.reserved + one.recorded, 0)
  const recorded = told.reduce((sum, one) => sum + one.recorded, 0)
  expect(moved).toBeGreaterThan(0)
  expect(told.every((one) => one.reserved > 0 && one.recorded > 0)).toBe(true)

  // Within a window a counter never falls.
  expect(
    await sql(`select * from (
      select *, lag(h) over (partition by nome, hour order by id) hour_before, lag(d) over (partition by nome, day order by id) day_before from public.ledger) l
      where h < hour_before or d < day_before`),
  ).toEqual([])
  // The final count of a window is what was charged to it: every reservation, and the recorded sends.
  for (const [window, counter] of [
    ['hour', 'h'],
    ['day', 'd'],
  ]) {
    const [totals] = (await sql(
      `select (select sum(top)::int from (select max(${counter}) top from public.ledger group by nome, ${window}) t) counted,
        (select count(*)::int from zapfleet.reservations) reserved`,
    )) as unknown as { counted: number; reserved: number }[]
    expect(totals).toEqual({ counted: sent, reserved: sent - recorded })
    expect(
      await sql(
        `select nome, ${window}, max(${counter}) counted, max(r.n) reserved from public.ledger
         join (select instance_name, ${window}_window w, count(*)::int n from zapfleet.reservations group by 1, 2) r
           on r.instance_name = nome and r.w = ${window}
         group by 1, 2 having max(${counter}) < max(r.n)`,
      ),
    ).toEqual([])
  }
  // No window exceeds its capacity, whatever was reset.
  expect(
    await sql(
      `select instance_name from zapfleet.reservations group by instance_name, hour_window having count(*) > 400`,
    ),
  ).toEqual([])
})
