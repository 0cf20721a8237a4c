import { describe, expect, it } from 'vitest'
import { type HealthState, isRestless, needsRecord, type Observation } from '../../src/health/health-state.ts'
import { INITIAL_HEALTH, nextStatus } from '../../src/health/next-status.ts'
import {
  before,
  blinked,
  close,
  connecting,
  healthState,
  missing,
  NOW,
  open,
  record,
  unclear,
  unreachable,
} from './health-states.ts'

const says = (previous: HealthState, seen: Observation, now = NOW): string => {
  const next = nextStatus(previous, seen, now)
  return `${next.status} ${next.reason}`
}

const fresh = healthState({ status: 'disconnected', reason: 'NEVER_CONNECTED' })
const scanning = healthState({ status: 'connecting', reason: 'WAITING_FOR_SCAN', since: before(60) })
const reconnecting = healthState({
  status: 'connecting',
  reason: 'RECONNECTING',
  since: before(60),
  connectedAt: before(3600),
})
const loggedOut = healthState({ status: 'disconnected', reason: 'LOGGED_OUT' })
const banned = healthState({ status: 'banned', reason: 'BANNED' })
const unknown = healthState({
  status: 'unknown',
  reason: 'EVOLUTION_UNREACHABLE',
  silentRounds: 2,
  connectedAt: before(3600),
})
const adopted = healthState({ since: null, connectedAt: null })

describe('the states of an instance on Evolution, in memory and in its database', () => {
  it.each<[moment: string, previous: HealthState, seen: Observation, next: string]>([
    ['created', fresh, close(record('close')), 'disconnected NEVER_CONNECTED'],
    ['connect, no QR yet', fresh, connecting(), 'connecting WAITING_FOR_SCAN'],
    ['QR shown', fresh, connecting(record('connecting')), 'connecting WAITING_FOR_SCAN'],
    ['paired', scanning, open, 'connected null'],
    ['a drop: close in memory', healthState(), close(record('open')), 'disconnected RECONNECTING'],
    ['a drop: connecting in memory', healthState(), connecting(), 'connecting RECONNECTING'],
    ['the drop lasts: close again', reconnecting, close(record('open')), 'connecting RECONNECTING'],
    ['the drop lasts, its record is not read', reconnecting, close(), 'connecting RECONNECTING'],
    ['never paired, outage: close', scanning, close(record('close')), 'disconnected NEVER_CONNECTED'],
    ['never paired, outage: connecting', fresh, connecting(), 'connecting WAITING_FOR_SCAN'],
    ['QR limit reached', scanning, close(record('connecting')), 'disconnected QR_LIMIT_REACHED'],
    [
      'QR limit reached a while ago',
      healthState({ status: 'disconnected', reason: 'QR_LIMIT_REACHED' }),
      close(),
      'disconnected QR_LIMIT_REACHED',
    ],
    ['open again, the old reason stays there', reconnecting, open, 'connected null'],
    ['Evolution restarted: no state yet', healthState(), unclear, 'connected null'],
    ['Evolution restarted: a paired one connects', healthState(), connecting(), 'connecting RECONNECTING'],
    [
      'Evolution restarted: a logged-out one makes QRs',
      loggedOut,
      connecting(),
      'connecting WAITING_FOR_SCAN',
    ],
    ['Evolution restarted: a banned one makes QRs', banned, connecting(), 'banned BANNED'],
    ['Evolution restarted: a never-connected one', fresh, connecting(), 'connecting WAITING_FOR_SCAN'],
    [
      'nothing is known, its database reads open',
      adoptedAway(),
      connecting(record('open')),
      'connecting RECONNECTING',
    ],
    [
      'nothing is known, its database reads close',
      adoptedAway(),
      connecting(record('close')),
      'connecting WAITING_FOR_SCAN',
    ],
    ['closed without a reason', healthState(), close(record('close')), 'disconnected CLOSED'],
    ['closed, its record was not read', healthState(), close(), 'disconnected RECONNECTING'],
    [
      'closed just after it was paired, its record is late',
      healthState(),
      close(record('connecting')),
      'disconnected RECONNECTING',
    ],
    [
      'closed, its record was not read this time',
      healthState({ status: 'disconnected', reason: 'CLOSED', connectedAt: before(60) }),
      close(),
      'disconnected CLOSED',
    ],
    ['an outage of Evolution ends, its record was not read', unknown, close(), 'disconnected RECONNECTING'],
    [
      'logged out, and it shows a QR code',
      healthState(),
      connecting(record('connecting', 401, 'Stream Errored (conflict)')),
      'connecting WAITING_FOR_SCAN',
    ],
    [
      'logged out during its reconnect loop, and it shows a QR code',
      reconnecting,
      connecting(record('connecting', 401, 'Connection Failure')),
      'connecting WAITING_FOR_SCAN',
    ],
    [
      'logged out before this session began',
      healthState(),
      connecting(record('connecting', 401, 'Stream Errored (conflict)', before(7200))),
      'connecting RECONNECTING',
    ],
    [
      'a drop with an old logout in its record',
      healthState(),
      connecting(record('open', 401)),
      'connecting RECONNECTING',
    ],
    ['banned, and it shows a QR code', healthState(), connecting(record('connecting', 403)), 'banned BANNED'],
    [
      'logged out, and the codes ran out',
      healthState(),
      close(record('connecting', 401, 'Stream Errored (conflict)')),
      'disconnected QR_LIMIT_REACHED',
    ],
    [
      'closed, then it reconnects',
      healthState({ status: 'disconnected', reason: 'CLOSED', connectedAt: before(60) }),
      connecting(),
      'connecting RECONNECTING',
    ],
  ])('%s', (_, previous, seen, next) => {
    expect(says(previous, seen)).toBe(next)
  })

  function adoptedAway(): HealthState {
    return healthState({ status: 'disconnected', reason: null, since: null })
  }
})

describe('the codes of a disconnection', () => {
  it.each<[code: number, message: string | null, next: string]>([
    [401, 'Log out instance: a', 'disconnected LOGGED_OUT'],
    [401, 'Stream Errored (conflict)', 'disconnected LOGGED_OUT_BY_PHONE'],
    [401, 'Connection Failure', 'disconnected LOGIN_REFUSED'],
    [401, null, 'disconnected LOGGED_OUT'],
    [402, 'Connection Failure', 'banned BANNED'],
    [403, 'Connection Failure', 'banned BANNED'],
    [403, null, 'banned BANNED'],
    [406, 'Connection Failure', 'banned BANNED'],
    // Evolution stores no other code; any other code is neither a ban nor a logout.
    ...[405, 408, 411, 428, 440, 500, 503, 515].map((code): [number, null, string] => [
      code,
      null,
      'disconnected CLOSED',
    ]),
  ])('%i (%s)', (code, message, next) => {
    for (const previous of [healthState(), { ...reconnecting, status: 'connected' as const }, adopted])
      expect(says(previous, close(record('close', code, message)))).toBe(next)
  })

  it('count during a reconnect loop and after an outage as well', () => {
    expect(says(reconnecting, close(record('close', 403)))).toBe('banned BANNED')
    expect(says(unknown, close(record('close', 403)))).toBe('banned BANNED')
    expect(says(unknown, close(record('close', 401, 'Stream Errored (conflict)')))).toBe(
      'disconnected LOGGED_OUT_BY_PHONE',
    )
  })

  it('do not count while the database reads open or connecting: they are of an earlier session', () => {
    expect(says(healthState(), close(record('open', 403)))).toBe('disconnected RECONNECTING')
    expect(says(scanning, close(record('connecting', 401)))).toBe('disconnected QR_LIMIT_REACHED')
  })

  it('do not count when they are older than the present session, with a tolerance of 30 s between two clocks', () => {
    const since = healthState({ connectedAt: before(100) })
    expect(says(since, close(record('close', 403, null, before(3000))))).toBe('disconnected CLOSED')
    expect(says(since, close(record('close', 403, null, before(131))))).toBe('disconnected CLOSED')
    expect(says(since, close(record('close', 403, null, before(129))))).toBe('banned BANNED')
    expect(says(since, close(record('close', 403, null, null)))).toBe('banned BANNED')
  })

  it('end the session: what connects afterwards waits for a scan', () => {
    const out = nextStatus(healthState(), close(record('close', 401, 'Stream Errored (conflict)')), NOW)
    expect(out.connectedAt).toBeNull()
    expect(says(out, connecting())).toBe('connecting WAITING_FOR_SCAN')
  })
})

describe('a banned number', () => {
  it.each<[string, Observation]>([
    ['closed', close(record('close'))],
    ['connecting', connecting()],
    ['missing', missing],
    ['logged out', close(record('close', 401, 'Log out instance: a'))],
    ['logged out by an admin', { kind: 'act', act: 'logged_out' }],
    ['without a state', unclear],
    ['silent', unreachable],
  ])('stays banned while it reads %s', (_, seen) => {
    const twice = nextStatus(nextStatus(banned, seen, NOW), seen, NOW)
    expect([twice.status, twice.reason, twice.since]).toEqual(['banned', 'BANNED', banned.since])
  })

  it('is connected when it is open', () => {
    expect(says(banned, open)).toBe('connected null')
  })
})

describe('no answer', () => {
  it.each<[Observation, string]>([
    [unreachable, 'EVOLUTION_UNREACHABLE'],
    [{ kind: 'silent', why: 'wrong_key' }, 'EVOLUTION_REFUSES_KEY'],
    [{ kind: 'silent', why: 'not_understood' }, 'EVOLUTION_UNCLEAR'],
    [unclear, 'EVOLUTION_UNCLEAR'],
    [{ kind: 'unclear', word: 'sleeping' }, 'EVOLUTION_UNCLEAR'],
  ])('%j changes nothing once, and means unknown twice', (seen, reason) => {
    const once = nextStatus(healthState(), seen, NOW)
    expect(once).toEqual({ ...healthState(), silentRounds: 1 })
    expect(says(once, seen)).toBe(`unknown ${reason}`)
  })

  it('of an Evolution without a licence means unknown at once, whatever was stored', () => {
    const unlicensed: Observation = { kind: 'silent', why: 'unlicensed' }
    const reasons = [
      'LOGGED_OUT',
      'RECONNECTING',
      'EVOLUTION_UNREACHABLE',
      'EVOLUTION_UNCLEAR',
      null,
    ] as const
    for (const status of ['connected', 'connecting', 'disconnected', 'unknown'] as const)
      for (const reason of reasons)
        expect(says(healthState({ status, reason }), unlicensed)).toBe('unknown EVOLUTION_UNLICENSED')
    const once = nextStatus(healthState(), unlicensed, NOW)
    expect(nextStatus(once, unlicensed, NOW)).toEqual(once)
    // Neither a blip of the network nor a start of Evolution hides it.
    expect(says(once, unreachable)).toBe('unknown EVOLUTION_UNLICENSED')
    expect(says(once, unclear)).toBe('unknown EVOLUTION_UNLICENSED')
    expect(says(once, open)).toBe('connected null')
    expect(says(once, connecting())).toBe('connecting RECONNECTING')
    expect(says(banned, unlicensed)).toBe('banned BANNED')
  })

  it('is no longer counted after one answer', () => {
    const once = nextStatus(healthState(), unreachable, NOW)
    expect(nextStatus(once, open, NOW)).toEqual(healthState())
  })

  it('that repeats changes nothing more', () => {
    expect(nextStatus(unknown, unreachable, NOW)).toEqual(unknown)
    // Evolution is back, without its instances yet.
    expect(nextStatus(unknown, unclear, NOW)).toEqual(unknown)
  })

  it('keeps the session: afterwards a paired number reconnects and an unpaired one waits for a scan', () => {
    expect(says(unknown, connecting())).toBe('connecting RECONNECTING')
    expect(says({ ...unknown, connectedAt: null }, connecting(record('connecting')))).toBe(
      'connecting WAITING_FOR_SCAN',
    )
    expect(says({ ...unknown, connectedAt: null }, close(record('close')))).toBe(
      'disconnected NEVER_CONNECTED',
    )
  })
})

describe('an instance that Evolution does not have', () => {
  it('is disconnected, and its session is over', () => {
    const gone = nextStatus(healthState(), missing, NOW)
    expect([gone.status, gone.reason, gone.connectedAt]).toEqual(['disconnected', 'NOT_ON_EVOLUTION', null])
    expect(says(gone, close(record('close')))).toBe('disconnected NEVER_CONNECTED')
    expect(says(gone, open)).toBe('connected null')
  })

  it('is still being created in the first half minute', () => {
    expect(says({ ...fresh, since: before(29) }, missing)).toBe('disconnected NEVER_CONNECTED')
    expect(says({ ...fresh, since: before(31) }, missing)).toBe('disconnected NOT_ON_EVOLUTION')
  })
})

describe('acts of an admin', () => {
  it('created: never connected, whatever was before', () => {
    const created = nextStatus(healthState({ lastFall: before(3) }), { kind: 'act', act: 'created' }, NOW)
    expect(created).toEqual({
      ...INITIAL_HEALTH,
      status: 'disconnected',
      reason: 'NEVER_CONNECTED',
      since: NOW,
    })
  })

  it('logged out: by an admin, also where Evolution keeps no reason, and later closes do not change it', () => {
    const out = nextStatus(healthState(), { kind: 'act', act: 'logged_out' }, NOW)
    expect([out.status, out.reason, out.connectedAt]).toEqual(['disconnected', 'LOGGED_OUT', null])
    expect(says(out, close())).toBe('disconnected LOGGED_OUT')
    expect(needsRecord(out, close(), false)).toBe(false)
  })
})

describe('a session that no reading found open', () => {
  it('ended in a ban between two readings: its record has the reason, whatever was known of the sessions before', () => {
    for (const known of [fresh, loggedOut])
      expect(says(known, close(record('close', 403)))).toBe('banned BANNED')
    expect(says(fresh, close(record('close', 401, 'Stream Errored (conflict)')))).toBe(
      'disconnected LOGGED_OUT_BY_PHONE',
    )
  })

  it('is not derived from the record of an older one', () => {
    const old = record('close', 403, null, before(7200))
    expect(says(loggedOut, close(old))).toBe('disconnected LOGGED_OUT')
    expect(says(loggedOut, close(record('open')))).toBe('disconnected LOGGED_OUT')
    expect(says(fresh, close(record('connecting')))).toBe('disconnected NEVER_CONNECTED')
  })
})

describe('a number that does not reconnect', () => {
  it('is reconnecting too long after five minutes, and stays so until it is connected', () => {
    const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)
    const down = nextStatus(healthState(), connecting(), NOW)
    expect(says(down, connecting(), later(300))).toBe('connecting RECONNECTING')
    const tooLong = nextStatus(down, connecting(), later(301))
    expect([tooLong.reason, tooLong.since]).toEqual(['RECONNECTING_TOO_LONG', NOW])
    expect(says(tooLong, close(record('open')), later(400))).toBe('connecting RECONNECTING_TOO_LONG')
    expect(says(tooLong, open, later(400))).toBe('connected null')
  })

  it('is reconnecting too long as well when it only ever reads close', () => {
    const down = nextStatus(healthState(), close(record('open')), before(301))
    expect(says(down, close(record('open')))).toBe('disconnected RECONNECTING_TOO_LONG')
  })

  it('keeps waiting for its scan, however long', () => {
    expect(says({ ...scanning, since: before(3600) }, connecting())).toBe('connecting WAITING_FOR_SCAN')
  })
})

describe('flapping', () => {
  const at = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000)
  /** Disconnects at each of these minutes and is connected again half a minute later. */
  const afterFalls = (...minutes: number[]): HealthState =>
    minutes.reduce(
      (now, minute) => nextStatus(nextStatus(now, connecting(), at(minute)), open, at(minute + 0.5)),
      healthState(),
    )

  it('is three disconnections within ten minutes, and is shown while the number is connected again', () => {
    expect(afterFalls(0, 5).reason).toBeNull()
    expect(afterFalls(0, 5, 10)).toMatchObject({ status: 'connected', reason: 'FLAPPING' })
    expect(afterFalls(0, 5, 10.1).reason).toBeNull()
    // The window slides: the last three count, wherever the first was.
    expect(afterFalls(0, 9, 10.5, 11).reason).toBe('FLAPPING')
  })

  it('is shown while it is disconnected, too', () => {
    expect(says(afterFalls(0, 1), connecting(), at(2))).toBe('connecting FLAPPING')
    expect(says(afterFalls(0, 1, 2), close(record('open')), at(3))).toBe('disconnected FLAPPING')
  })

  it('is over after ten minutes without a disconnection', () => {
    const flapping = afterFalls(0, 1, 2)
    expect(says(flapping, open, at(11.9))).toBe('connected FLAPPING')
    expect(says(flapping, open, at(12))).toBe('connected null')
  })

  it('counts interruptions that only the second reading caught, although no contact moves for them', () => {
    const once = nextStatus(healthState(), blinked, at(0))
    expect([once.status, once.reason, once.since]).toEqual(['connected', null, healthState().since])
    expect(says(nextStatus(once, blinked, at(1)), blinked, at(2))).toBe('connected FLAPPING')
  })

  it('gives way to a ban', () => {
    expect(says(afterFalls(0, 1, 2), close(record('close', 403, null, at(3))), at(3))).toBe('banned BANNED')
  })
})

describe('a connection that was watched', () => {
  const war: Observation = { ...open, watched: { opens: 3, attempts: 3 } } as Observation
  const calm: Observation = { ...open, watched: { opens: 0, attempts: 0 } } as Observation
  const replaced = nextStatus(healthState(), war, NOW)
  const refusing = (status: string | null, attempts = 3): Observation =>
    ({ ...connecting(record(status)), watched: { opens: 0, attempts } }) as Observation

  it('and opened three times within seconds is replaced by another socket, and is not chosen', () => {
    expect([replaced.status, replaced.reason, replaced.connectedAt]).toEqual([
      'connecting',
      'REPLACED',
      healthState().connectedAt,
    ])
    expect(says(healthState(), { ...open, watched: { opens: 2, attempts: 2 } } as Observation)).toBe(
      'connected null',
    )
    expect(says(banned, war)).toBe('connecting REPLACED')
  })

  it('stays replaced by single readings, until it was steady for some seconds or ended', () => {
    for (const seen of [open, blinked, connecting(), close(record('open')), close()])
      expect(says(replaced, seen)).toBe('connecting REPLACED')
    expect(says(replaced, calm)).toBe('connected null')
    expect(says(replaced, close(record('close', 403)))).toBe('banned BANNED')
    expect(says(replaced, close(record('close', 401, 'Log out instance: a')))).toBe('disconnected LOGGED_OUT')
    expect(says(replaced, missing)).toBe('disconnected NOT_ON_EVOLUTION')
  })

  it('and connects again and again without a code is refused, unless it was paired', () => {
    for (const previous of [fresh, loggedOut, scanning]) {
      expect(says(previous, refusing('close'))).toBe('disconnected NO_QR_CODE')
      expect(says(previous, refusing('close', 2))).not.toContain('NO_QR_CODE')
    }
    expect(says(healthState(), refusing('open'))).toBe('connecting RECONNECTING')
    expect(says(fresh, refusing('connecting'))).toBe('connecting WAITING_FOR_SCAN')
    const stale: Observation = {
      ...connecting({ ...record('connecting'), updatedAt: before(121).toISOString() }),
      watched: { opens: 0, attempts: 3 },
    } as Observation
    expect(says(fresh, stale)).toBe('disconnected NO_QR_CODE')
  })

  it('without a code stays so by single readings, until there is a code', () => {
    const without = nextStatus(fresh, refusing('close'), NOW)
    for (const seen of [close(), close(record('close')), connecting(), connecting(record('close'))])
      expect(says(without, seen)).toBe('disconnected NO_QR_CODE')
    expect(says(without, connecting(record('connecting')))).toBe('connecting WAITING_FOR_SCAN')
    expect(says(without, open)).toBe('connected null')
  })
})

describe('an attempt to connect that has no code yet', () => {
  it('changes nothing of what is stored of an ended session', () => {
    expect(says(fresh, connecting(record('close')))).toBe('disconnected NEVER_CONNECTED')
    expect(says(loggedOut, connecting(record('close', 401, null, before(3600))))).toBe(
      'disconnected LOGGED_OUT',
    )
  })

  it('causes a read of its record, and some seconds of readings', () => {
    expect(needsRecord(fresh, connecting(), false)).toBe(true)
    expect(isRestless(fresh, connecting(record('close')), NOW)).toBe(true)
    expect(isRestless(fresh, connecting(record('connecting')), NOW)).toBe(false)
    expect(isRestless(fresh, connecting(), NOW)).toBe(false)
    expect(isRestless(healthState(), connecting(record('open')), NOW)).toBe(false)
    expect(isRestless(healthState({ lastFall: before(60) }), connecting(record('open')), NOW)).toBe(true)
    expect(isRestless(healthState({ lastFall: before(60) }), open, NOW)).toBe(false)
    expect(isRestless(healthState({ reason: 'FLAPPING' }), open, NOW)).toBe(true)
  })
})

describe('a pairing whose codes are used up', () => {
  it('stays one status while Evolution connects and closes again and again, until there is a newer code', () => {
    const shownAt = (seconds: number) => ({
      ...record('connecting'),
      updatedAt: before(seconds).toISOString(),
    })
    let health = scanning
    const seen: string[] = []
    for (let turn = 0; turn < 4; turn++)
      for (const observed of [close(shownAt(90)), connecting(shownAt(90))]) {
        health = nextStatus(health, observed, NOW)
        seen.push(`${health.status} ${health.reason}`)
      }
    expect(new Set(seen)).toEqual(new Set(['disconnected QR_LIMIT_REACHED']))
    expect(says({ ...health, since: before(30) }, connecting(shownAt(5)))).toBe('connecting WAITING_FOR_SCAN')
  })
})

describe('the codes of a pairing by phone number', () => {
  it('are used up when Baileys logs in as a number that was not paired', () => {
    const refusedLogin = close(record('close', 401, 'Connection Failure'))
    expect(says(scanning, refusedLogin)).toBe('disconnected QR_LIMIT_REACHED')
    const usedUp = healthState({ status: 'disconnected', reason: 'QR_LIMIT_REACHED', connectedAt: null })
    expect(says(usedUp, refusedLogin)).toBe('disconnected QR_LIMIT_REACHED')
    expect(says(healthState(), refusedLogin)).toBe('disconnected LOGIN_REFUSED')
  })
})

describe('a restart that was made through zapfleet', () => {
  it('counts no disconnection for its time', () => {
    const restarting = healthState({ restartUntil: new Date(NOW.getTime() + 20_000) })
    expect(nextStatus(restarting, connecting(), NOW)).toMatchObject({ status: 'connecting', lastFall: null })
    expect(nextStatus(restarting, blinked, NOW)).toMatchObject({ status: 'connected', lastFall: null })
    const over = healthState({ restartUntil: before(1) })
    expect(nextStatus(over, connecting(), NOW)).toMatchObject({ lastFall: NOW })
  })
})

describe('since', () => {
  it('is when the status began, not the reason, and an adopted row begins with its first answer', () => {
    expect(nextStatus(healthState(), open, NOW).since).toEqual(before(3600))
    expect(nextStatus(healthState(), connecting(), NOW).since).toEqual(NOW)
    expect(nextStatus(scanning, open, NOW)).toMatchObject({ since: NOW, connectedAt: NOW })
    expect(nextStatus(adopted, open, NOW)).toMatchObject({ since: NOW, connectedAt: NOW })
    expect(nextStatus(loggedOut, { kind: 'missing' }, NOW)).toMatchObject({
      reason: 'NOT_ON_EVOLUTION',
      since: loggedOut.since,
    })
  })
})

describe("Evolution's records", () => {
  it.each<[string, HealthState, Observation, boolean]>([
    ['a number that was up closed', healthState(), close(), true],
    ['it closed in its reconnect loop: it may be banned by now', reconnecting, close(), true],
    [
      'it closed for a reason that is not known yet',
      healthState({ status: 'disconnected', reason: 'CLOSED' }),
      close(),
      true,
    ],
    ['it closed on its QR screen', scanning, close(), true],
    ['it never was connected', fresh, close(), false],
    ['it is logged out', loggedOut, close(), false],
    ['it is banned', banned, close(), false],
    ['it was connected and connects: a reconnect or a QR code', healthState(), connecting(), true],
    ['it reconnects', reconnecting, connecting(), false],
    ['it connects, and nothing is known of it', { ...unknown, connectedAt: null }, connecting(), true],
    ['it is open', healthState(), open, false],
    ['it does not exist', healthState(), missing, false],
  ])('%s', (_, previous, seen, isWorth) => {
    expect(needsRecord(previous, seen, false)).toBe(isWorth)
  })

  it('are read for what was closed before in a thorough check, but not for a banned number', () => {
    for (const previous of [fresh, loggedOut]) expect(needsRecord(previous, close(), true)).toBe(true)
    expect(needsRecord(banned, close(), true)).toBe(false)
    expect(needsRecord(reconnecting, connecting(), true)).toBe(true)
  })
})
