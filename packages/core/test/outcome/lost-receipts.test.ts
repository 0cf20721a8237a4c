import { expect, it } from 'vitest'
import { takeEvents, waitForEvents } from '../../src/index.ts'
import type { OutcomeStatus } from '../../src/reservation/reservation.ts'
import { seededRandom } from '../exactness/seeded-random.ts'
import { addInstances, testFleet } from '../support/fleet.ts'

const MESSAGES = 10_000
const LOST = 0.05
const REPEATED = 0.05
/** The receipts of so many messages arrive together: fewer than a process keeps. */
const TOGETHER = 2_500
const RECEIPTS: readonly OutcomeStatus[] = ['sent', 'delivered', 'read']
const NUMBERS = Array.from({ length: 20 }, (_, index) => `n${index}`)

const reached = { sent: 0, failed: 0, delivered: 0, read: 0 }
const { fleet, another, sql } = await testFleet({
  metrics: {
    outcome: (_, status, messages) => {
      reached[status] += messages
    },
  },
})

/** Stores the messages as they are after their confirms. */
async function storeSent(): Promise<{ messageId: string; instance: string }[]> {
  const rows = await sql(
    `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, settled_at, state, message_id)
     select gen_random_uuid(), ($2::text[])[1 + n % cardinality($2::text[])], 'contact-' || n, 'sticky', 'kept', date_trunc('hour', now()), date_trunc('day', now()), now(), now(), 'confirmed', 'M' || n
     from generate_series(1, $1::int) n returning message_id, instance_name`,
    [MESSAGES, NUMBERS],
  )
  return rows.map((row) => ({ messageId: row.message_id ?? '', instance: row.instance_name ?? '' }))
}

it('of 10,000 messages of which 5 % of the receipts are lost, the sums of all statuses are the messages, none counted twice', async () => {
  await addInstances(sql, NUMBERS)
  const processes = [fleet, await another()]
  const random = seededRandom(20_261_130)
  const expected = new Map<string, OutcomeStatus>()
  const messages = await storeSent()
  for (let from = 0; from < MESSAGES; from += TOGETHER) {
    const receipts = messages.slice(from, from + TOGETHER).flatMap(({ messageId, instance }) =>
      RECEIPTS.filter(() => random() >= LOST).flatMap((status) => {
        expected.set(messageId, status)
        const one = { instance, messageId, status }
        return random() < REPEATED ? [one, one] : [one]
      }),
    )
    const shuffled = receipts
      .map((receipt) => ({ receipt, place: random() }))
      .sort((one, other) => one.place - other.place)
    for (const { receipt, place } of shuffled) {
      const { instance, messageId, status } = receipt
      const outcomes = [{ messageId, status }]
      const events = { instance, outcomes, sends: [], inbound: [], lids: [] }
      takeEvents(processes[place < 0.5 ? 0 : 1] ?? fleet, 'instance_webhook', events)
    }
    await Promise.all(processes.map((process) => waitForEvents(process)))
  }

  const stored = await sql('select message_id, outcome from zapfleet.reservations')
  expect(stored).toHaveLength(MESSAGES)
  expect(stored.filter((row) => expected.get(row.message_id ?? '') !== (row.outcome ?? undefined))).toEqual(
    [],
  )
  const count = (status: OutcomeStatus): number =>
    [...expected.values()].filter((one) => one === status).length
  const sums = { sent: count('sent'), failed: 0, delivered: count('delivered'), read: count('read') }
  expect(
    await sql(
      'select sum(sent)::int sent, sum(failed)::int failed, sum(delivered)::int delivered, sum(read)::int read from zapfleet.hourly_outcomes',
    ),
  ).toEqual([sums])
  const total = `select (select sum(sent + failed + delivered + read) from zapfleet.hourly_outcomes)::int with_outcome,
    (select count(*) from zapfleet.reservations where outcome is null)::int without_outcome`
  expect(await sql(total)).toEqual([
    { with_outcome: expected.size, without_outcome: MESSAGES - expected.size },
  ])
  expect(reached.read).toBe(sums.read)
  expect(await sql('select count(*)::int n from zapfleet.unmatched_outcomes')).toEqual([{ n: 0 }])
})
