import { expect, it } from 'vitest'
import type { FleetReading, NumberReading } from '../../src/alert/fleet-reading.ts'
import {
  ago,
  HOUR,
  MINUTE,
  NOW,
  number,
  oneServer,
  SECOND,
  StoredAlerts,
  wellFleet,
} from './fleet-readings.ts'

/** Evaluations each 5 s of what `readingAt` returns, from `fromMs` after NOW on, before `toMs`. */
function run(
  stored: StoredAlerts,
  fromMs: number,
  toMs: number,
  readingAt: (ms: number, at: Date) => Partial<FleetReading>,
): void {
  for (let ms = fromMs; ms < toMs; ms += 5 * SECOND) {
    const at = new Date(NOW.getTime() + ms)
    stored.evaluate(wellFleet({ at, ...readingAt(ms, at) }))
  }
}

const at = (ms: number): Date => new Date(NOW.getTime() + ms)
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `n${n}`)
const fallen = (since: Date, given: Partial<NumberReading> = {}) =>
  names(50).map((name) => number(name, { since, connectedAt: ago(HOUR), reason: 'RECONNECTING', ...given }))

it('20 flaps in ten minutes are one alert that is reported once and ends once', () => {
  const stored = new StoredAlerts()
  run(stored, 0, 40 * MINUTE, (ms, now) => {
    const flaps = Math.floor(ms / (30 * SECOND))
    const isDown = ms < 10 * MINUTE && ms % (30 * SECOND) < 15 * SECOND
    // Health reads three falls within ten minutes as flapping, until ten minutes after the last one.
    const isFlapping = flaps >= 2 && ms < 20 * MINUTE
    if (!isDown && !isFlapping) return {}
    const status = isDown ? 'connecting' : 'connected'
    const reason = isFlapping ? 'FLAPPING' : 'RECONNECTING'
    return { troubled: [number('a', { status, reason, since: now, connectedAt: now, lastFall: now })] }
  })
  expect(stored.reported).toEqual([['+ number_down a'], ['- number_down a']])
})

it('a fall within five minutes after the return continues the alert', () => {
  const stored = new StoredAlerts()
  const down = { troubled: [number('a')] }
  run(stored, 0, MINUTE, () => down)
  run(stored, MINUTE, 5.5 * MINUTE, () => ({}))
  run(stored, 5.5 * MINUTE, 6 * MINUTE, () => down)
  run(stored, 6 * MINUTE, 10.9 * MINUTE, () => ({}))
  expect(stored.reported).toEqual([['+ number_down a']])
  run(stored, 10.9 * MINUTE, 11.2 * MINUTE, () => ({}))
  expect(stored.reported).toEqual([['+ number_down a'], ['- number_down a']])
})

it('a server with 50 numbers falls and returns: one is reported, within a minute, and one end', () => {
  const stored = new StoredAlerts()
  const down = { numbers: 0, dailyCapacity: 0, sentToday: 0 }
  run(stored, 0, 10 * MINUTE, (ms) => ({
    servers: oneServer('unreachable'),
    connected: ms < 30 * SECOND ? { ...down, numbers: 50 } : down,
    troubled:
      ms < 30 * SECOND ? [] : fallen(at(30 * SECOND), { status: 'unknown', reason: 'EVOLUTION_UNREACHABLE' }),
  }))
  expect(stored.reported).toEqual([['+ evolution_unreachable evolution']])
  expect(stored.open.find(({ rule }) => rule === 'evolution_unreachable')?.openedAt.getTime()).toBeLessThan(
    at(MINUTE).getTime(),
  )
  // The numbers and the alert about all of them are stored with the cause.
  expect(stored.open.filter(({ cause }) => cause !== null)).toHaveLength(51)
  run(stored, 10 * MINUTE, 20 * MINUTE, () => ({}))
  expect(stored.reported).toEqual([
    ['+ evolution_unreachable evolution'],
    ['- evolution_unreachable evolution'],
  ])
  expect(stored.open).toEqual([])
})

it('a number that stays down after the server is back is reported 2 minutes later', () => {
  const stored = new StoredAlerts()
  run(stored, 0, 10 * MINUTE, () => ({
    servers: oneServer('unreachable'),
    troubled: fallen(at(0), { status: 'unknown', reason: 'EVOLUTION_UNREACHABLE' }),
  }))
  const stays = number('n7', { since: at(10 * MINUTE), lastSentAt: ago(HOUR) })
  run(stored, 10 * MINUTE, 11.9 * MINUTE, () => ({ troubled: [stays] }))
  expect(stored.reported).toEqual([['+ evolution_unreachable evolution']])
  run(stored, 11.9 * MINUTE, 20 * MINUTE, () => ({ troubled: [stays] }))
  expect(stored.reported).toEqual([
    ['+ evolution_unreachable evolution'],
    ['+ number_down n7'],
    ['- evolution_unreachable evolution'],
  ])
  run(stored, 20 * MINUTE, 26 * MINUTE, () => ({}))
  expect(stored.reported.at(-1)).toEqual(['- number_down n7'])
})

it('all numbers down explains each of them; those that remain when one is back are reported together', () => {
  const stored = new StoredAlerts()
  const none = { numbers: 0, dailyCapacity: 0, sentToday: 0 }
  run(stored, 0, 10 * MINUTE, () => ({ connected: none, troubled: fallen(at(0)) }))
  expect(stored.reported).toEqual([['+ all_numbers_down fleet']])
  const others = fallen(at(0)).slice(1)
  run(stored, 10 * MINUTE, 14 * MINUTE, () => ({ troubled: others }))
  expect(stored.reported).toHaveLength(2)
  expect(stored.reported[1]).toHaveLength(49)
})

it('50 numbers that fall at one moment without a known cause are reported in one evaluation', () => {
  const stored = new StoredAlerts()
  run(stored, 0, 5 * MINUTE, () => ({ troubled: fallen(at(0)) }))
  expect(stored.reported.map(({ length }) => length)).toEqual([50])
})

it('three bans in ten minutes are each reported, and one wave', () => {
  const stored = new StoredAlerts()
  const bans = [0, 4, 8, 9].map((minute, n) =>
    number(`n${n}`, { status: 'banned', reason: 'BANNED', since: at(minute * MINUTE) }),
  )
  run(stored, 0, 40 * MINUTE, (_ms, now) => ({
    troubled: bans.filter(({ since }) => (since as Date) <= now),
  }))
  expect(stored.reported).toEqual([
    ['+ number_banned n0'],
    ['+ number_banned n1'],
    ['+ ban_wave fleet', '+ number_banned n2'],
    ['+ number_banned n3'],
    ['- ban_wave fleet'],
  ])
})

it("a nearly full day is reported once a local day, at the fleet's midnight anew, and its end is not reported", () => {
  const stored = new StoredAlerts()
  const full = { connected: { numbers: 1, dailyCapacity: 100, sentToday: 90 } }
  const day = (ms: number): string => (ms < HOUR ? '2026-05-05' : '2026-05-06')
  run(stored, 0, 2 * HOUR, (ms) => {
    // A number more for half an hour, which lowers the share.
    const isLower = ms > 10 * MINUTE && ms < 40 * MINUTE
    return { day: day(ms), ...(isLower ? {} : full) }
  })
  expect(stored.reported).toEqual([['+ day_nearly_full fleet'], ['+ day_nearly_full fleet']])
  expect(stored.closed.map(({ facts }) => facts.day)).toEqual(['2026-05-05'])
  expect(stored.open.map(({ facts }) => facts.day)).toEqual(['2026-05-06'])
})

it('a clock that steps back over midnight reports no day twice', () => {
  const stored = new StoredAlerts()
  const full = { connected: { numbers: 1, dailyCapacity: 100, sentToday: 90 } }
  for (const day of ['2026-05-05', '2026-05-06', '2026-05-06', '2026-05-05', '2026-05-06'])
    stored.evaluate(wellFleet({ day, ...full }))
  expect(stored.reported).toEqual([['+ day_nearly_full fleet'], ['+ day_nearly_full fleet']])
})

it('a clock that steps back an hour closes nothing too early and delays nothing by an hour', () => {
  const stored = new StoredAlerts()
  run(stored, 0, MINUTE, () => ({ troubled: [number('a')] }))
  run(stored, MINUTE, 4 * MINUTE, () => ({}))
  // From here on the clock is an hour back: the return was 3 minutes ago, at a moment that is in the future now.
  run(stored, -HOUR, -HOUR + 4.9 * MINUTE, () => ({ evaluatedAt: at(0) }))
  expect(stored.reported).toEqual([['+ number_down a']])
  run(stored, -HOUR + 4.9 * MINUTE, -HOUR + 6 * MINUTE, () => ({}))
  expect(stored.reported).toEqual([['+ number_down a'], ['- number_down a']])
  // An outage that began before the step is reported within a minute after it.
  run(stored, 0, 10 * SECOND, () => ({ servers: oneServer('unreachable') }))
  run(stored, -HOUR, -HOUR + MINUTE, () => ({ servers: oneServer('unreachable') }))
  expect(stored.reported.at(-1)).toEqual(['+ evolution_unreachable evolution'])
})

it('another process continues from what is stored: nothing is reported twice and nothing is lost', () => {
  const whole = new StoredAlerts()
  const parts = new StoredAlerts()
  const reading = (ms: number): Partial<FleetReading> =>
    ms < 8 * MINUTE
      ? { servers: oneServer(ms < 3 * MINUTE ? 'unreachable' : null), troubled: fallen(at(0)) }
      : {}
  run(whole, 0, 20 * MINUTE, reading)
  for (let ms = 0; ms < 20 * MINUTE; ms += 5 * SECOND) {
    const next = new StoredAlerts()
    Object.assign(next, JSON.parse(JSON.stringify(parts), revive))
    run(next, ms, ms + SECOND, reading)
    Object.assign(parts, next)
  }
  expect(parts.reported.map((one) => [...one].sort())).toEqual(whole.reported.map((one) => [...one].sort()))
  expect(parts.reported.flat().length).toBe(new Set(parts.reported.flat()).size)
})

const INSTANTS = ['openedAt', 'seenOkAt', 'since']
const revive = function (this: unknown, key: string, value: unknown): unknown {
  // `since` of facts is a text.
  const isFact = key === 'since' && !Object.hasOwn(this as object, 'rule')
  return INSTANTS.includes(key) && typeof value === 'string' && !isFact ? new Date(value) : value
}

it('the alert of a number that is deleted closes at once; that of a paused one after five minutes', () => {
  const stored = new StoredAlerts()
  run(stored, 0, MINUTE, () => ({ troubled: [number('a'), number('b')] }))
  stored.evaluate(wellFleet({ at: at(MINUTE), troubled: [number('b', { paused: true })] }), {
    a: 'removed',
    b: 'paused',
  })
  expect(stored.reported).toEqual([['+ number_down a', '+ number_down b'], ['- number_down a']])
  const changes = stored.evaluate(wellFleet({ at: at(7 * MINUTE) }), { b: 'paused' })
  expect(changes.closes.map(({ facts }) => facts.end)).toEqual(['paused'])
})

it('a wrong phone is not over because the number is down', () => {
  const stored = new StoredAlerts()
  run(stored, 0, MINUTE, () => ({
    troubled: [number('a', { status: 'connected', reason: 'WRONG_PHONE', connectedAt: ago(HOUR) })],
  }))
  run(stored, MINUTE, 10 * MINUTE, () => ({ troubled: [number('a', { since: at(MINUTE) })] }))
  expect(stored.reported).toEqual([['+ wrong_phone a'], ['+ number_down a']])
})

it('facts follow the reading and keep the moment of the begin', () => {
  const stored = new StoredAlerts()
  const begin = ago(HOUR)
  stored.evaluate(
    wellFleet({ troubled: [number('a', { since: begin, reason: 'RECONNECTING', connectedAt: begin })] }),
  )
  const changes = stored.evaluate(wellFleet({ at: at(5 * SECOND), troubled: [number('a', { since: NOW })] }))
  expect(changes.updates.map(({ facts }) => facts)).toEqual([
    { since: begin.toISOString(), status: 'disconnected', reason: 'LOGGED_OUT_BY_PHONE' },
  ])
  const same = stored.evaluate(wellFleet({ at: at(10 * SECOND), troubled: [number('a', { since: NOW })] }))
  expect(same.updates).toEqual([])
})
