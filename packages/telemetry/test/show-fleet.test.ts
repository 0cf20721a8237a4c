import type { Fleet } from '@zapfleet/core'
import { expect, it } from 'vitest'
import { openMetrics } from '../src/open-metrics.ts'
import { showFleet } from '../src/show-fleet.ts'

async function figuresOf(fleet: Fleet | null): Promise<string[]> {
  const metrics = openMetrics({ app: 'test', version: '1' })
  showFleet(metrics.registry, () => fleet)
  return (await metrics.text()).split('\n').filter((line) => /^zapfleet_(?!build)/.test(line))
}

it('without a fleet, only that there is no database', async () => {
  expect(await figuresOf(null)).toEqual([
    'zapfleet_database_up 0',
    'zapfleet_queue_depth 0',
    'zapfleet_message_events_dropped_total 0',
  ])
})

it('while the database is down, no value that is out of date', async () => {
  const away = () => Promise.reject(new Error('connect ECONNREFUSED'))
  const fleet = {
    sql: { run: away, runCount: away, prisma: {} },
    clock: () => null,
    engine: { figures: () => ({ waiting: 7 }) },
    intake: { figures: () => ({ received: { websocket: 3 }, dropped: 1 }) },
  }
  expect(await figuresOf(fleet as unknown as Fleet)).toEqual([
    'zapfleet_database_up 0',
    'zapfleet_queue_depth 7',
    'zapfleet_message_events_total{source="websocket"} 3',
    'zapfleet_message_events_dropped_total 1',
  ])
})
