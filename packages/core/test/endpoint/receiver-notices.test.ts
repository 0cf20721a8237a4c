import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { NewRoute } from '../../src/alert/alert-route.ts'
import { openReceiverNotices } from '../../src/endpoint/receiver-notices.ts'
import type { Notifications } from '../../src/ground/open-notifications.ts'
import { createSealer } from '../../src/ground/seal.ts'
import {
  callOf,
  createEndpoint,
  createRoute,
  newRouteInput,
  watchEndpoints,
  watchRoutes,
} from '../../src/index.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const POLL_MS = 1_000

describe('the rest of the leading scheduler', () => {
  let isListening = true
  const started = vi.fn()
  const handlers: { onNotice(payload: string): void; onListening?(): void }[] = []
  const notifications: Notifications = {
    on: (_, handler) => void handlers.push(handler),
    start: started,
    isListening: () => isListening,
    verify: () => {},
    close: async () => {},
  }
  const notices = openReceiverNotices(notifications)

  test('is that of polling while there is a receiver, or no notification can arrive; else longer', () => {
    expect(notices.restMs(1, POLL_MS)).toBe(POLL_MS)
    expect(notices.restMs(0, POLL_MS)).toBeGreaterThanOrEqual(10 * POLL_MS)
    isListening = false
    expect(notices.restMs(0, POLL_MS)).toBe(POLL_MS)
  })

  test('ends at a notification, and when some may have been missed', () => {
    const listener = vi.fn()
    const stop = notices.on(listener)
    expect(started).toHaveBeenCalledOnce()
    for (const handler of handlers) handler.onNotice('')
    for (const handler of handlers) handler.onListening?.()
    expect(listener).toHaveBeenCalledTimes(2)
    stop()
    for (const handler of handlers) handler.onNotice('')
    expect(listener).toHaveBeenCalledTimes(2)
  })
})

describe('while there is no receiver', async () => {
  const { fleet, sql, another } = await testFleet({ sealer: createSealer('s'.repeat(40)) })
  beforeEach(() => emptyTables(sql, 'zapfleet.webhook_endpoints, zapfleet.alert_routes'))

  /** An hour passes without a notification. */
  const HOUR = { pollEveryMs: 3_600_000 }
  const soon = { timeout: 60_000, interval: 20 }

  /** Starts a leading scheduler with its own fleet, and counts how often it ran this statement. */
  async function lead(
    watch: typeof watchEndpoints | typeof watchRoutes,
    name: string,
  ): Promise<() => number> {
    const leading = await another()
    let looks = 0
    const readTogether: typeof leading.sql.readTogether = (one, values) => {
      if (one.name.includes(name)) looks++
      return leading.sql.readTogether(one, values)
    }
    const ending = new AbortController()
    const ended = watch(callOf({ ...leading, sql: { ...leading.sql, readTogether } }), ending.signal, HOUR)
    onTestFinished(async () => {
      ending.abort()
      await ended
    })
    // At its start, and when notifications begin to arrive.
    await vi.waitFor(() => expect(looks).toBe(2), soon)
    return () => looks
  }

  test('a webhook endpoint that another process makes is read at once', async () => {
    const looks = await lead(watchEndpoints, 'webhooks_due')
    await createEndpoint(fleet, { name: 'bot', url: 'http://127.0.0.1:9/', events: ['instance'] })
    await vi.waitFor(() => expect(looks()).toBe(3), soon)
  })

  test('an alert route that another process makes is read at once', async () => {
    const looks = await lead(watchRoutes, 'alert_routes_due')
    await createRoute(
      fleet,
      newRouteInput.parse({ name: 'ops', kind: 'webhook', url: 'https://example.com/' }) as NewRoute,
    )
    await vi.waitFor(() => expect(looks()).toBe(3), soon)
  })
})
