import { describe, expect, it } from 'vitest'
import { type PendingAlert, type PendingNotice, planNotices } from '../../src/alert/notice-plan.ts'

const NOON = new Date('2026-11-30T15:00:00Z')
const NIGHT = new Date('2026-11-30T03:00:00Z')
const MORNING = new Date('2026-11-30T10:00:00Z')
const QUIET = { quietHours: { from: '22:00', to: '07:00' }, timeZone: 'America/Sao_Paulo' }
const ALWAYS = { ...QUIET, quietHours: null }

const notice = (
  id: string,
  kind: PendingNotice['kind'],
  alertIds: string[],
  more: Partial<PendingNotice> = {},
) => ({
  id,
  kind,
  alertIds,
  createdAt: NOON,
  notBefore: more.createdAt ?? NOON,
  tries: 0,
  ...more,
})
const OPEN: PendingAlert = { severity: 'warning', closedAt: null, isReported: false }
const CRITICAL: PendingAlert = { ...OPEN, severity: 'critical' }
const CLOSED: PendingAlert = { ...OPEN, closedAt: NOON }
const plan = (
  route: typeof QUIET | typeof ALWAYS,
  notices: PendingNotice[],
  alerts: Record<string, PendingAlert>,
  at: Date,
) => planNotices(route, notices, new Map(Object.entries(alerts)), at)

/** Applies plans until only sends are left, as the deliverer does. */
function settle(
  route: typeof QUIET | typeof ALWAYS,
  notices: PendingNotice[],
  alerts: Record<string, PendingAlert>,
  at: Date,
) {
  let pending = notices
  for (let round = 0; round < 10; round++) {
    const { changes, made, sends } = plan(route, pending, alerts, at)
    if (changes.length === 0)
      return { pending, sends: sends.map((id) => pending.find((one) => one.id === id)) }
    pending = pending.flatMap((one) => {
      const change = changes.find(({ id }) => id === one.id)
      if (change === undefined) return [one]
      const { alertIds, notBefore } = change
      return alertIds === null ? [] : [{ ...one, alertIds, notBefore: notBefore ?? one.notBefore }]
    })
    pending = [...pending, ...made.map((one, n) => ({ ...one, id: `made-${round}-${n}`, tries: 0 }))]
  }
  throw new Error('the plan does not come to an end')
}
const reported = (sends: (PendingNotice | undefined)[]) => sends.map((one) => [one?.kind, one?.alertIds])

describe('what is due', () => {
  it('is sent in order, and what is not due waits', () => {
    const notices = [
      notice('1', 'opened', ['a']),
      notice('2', 'opened', ['b'], { notBefore: MORNING, createdAt: MORNING }),
      notice('3', 'opened', ['c'], { notBefore: new Date(NOON.getTime() + 1) }),
    ]
    expect(plan(ALWAYS, notices, { a: OPEN, b: CRITICAL, c: OPEN }, NOON)).toEqual({
      changes: [],
      made: [],
      sends: ['1', '2'],
    })
  })

  it('loses alerts that were reported by a digest, or removed', () => {
    const notices = [notice('1', 'opened', ['a', 'b', 'gone']), notice('2', 'opened', ['a'])]
    const { sends, pending } = settle(ALWAYS, notices, { a: { ...OPEN, isReported: true }, b: OPEN }, NOON)
    expect(reported(sends)).toEqual([['opened', ['b']]])
    expect(pending).toHaveLength(1)
  })
})

describe('after an outage of the receiver', () => {
  it('each open alert is sent, and what closed meanwhile is in one digest, the end as well', () => {
    const notices = [
      notice('1', 'opened', ['a'], { tries: 5 }),
      notice('2', 'opened', ['b', 'c'], { tries: 1 }),
      notice('3', 'closed', ['b']),
      notice('4', 'closed', ['earlier']),
    ]
    const alerts = { a: OPEN, b: CLOSED, c: OPEN, earlier: { ...CLOSED, isReported: true } }
    const { sends } = settle(ALWAYS, notices, alerts, NOON)
    expect(reported(sends)).toEqual([
      ['opened', ['a']],
      ['opened', ['c']],
      ['closed', ['earlier']],
      ['digest', ['b']],
    ])
    expect(sends.map((one) => one?.id).slice(0, 3)).toEqual(['1', '2', '4'])
  })

  it('a digest that was tried keeps its alerts, and what closes later waits for it in another', () => {
    const notices = [
      notice('1', 'opened', ['b']),
      notice('2', 'digest', ['a'], { tries: 2, notBefore: new Date(NOON.getTime() + 60_000) }),
    ]
    const first = settle(ALWAYS, notices, { a: CLOSED, b: CLOSED }, NOON)
    expect(reported(first.sends)).toEqual([])
    expect(first.pending.map(({ kind, alertIds, tries }) => [kind, alertIds, tries])).toEqual([
      ['digest', ['a'], 2],
      ['digest', ['b'], 0],
    ])
    const more = [...first.pending, notice('9', 'opened', ['c'])]
    const later = settle(ALWAYS, more, { a: CLOSED, b: CLOSED, c: CLOSED }, new Date(NOON.getTime() + 60_000))
    expect(reported(later.sends)).toEqual([
      ['digest', ['a']],
      ['digest', ['b', 'c']],
    ])
  })

  it('an end without an opening is dropped', () => {
    const { sends, pending } = settle(ALWAYS, [notice('1', 'closed', ['a'])], { a: CLOSED }, NOON)
    expect([sends, pending]).toEqual([[], []])
  })
})

describe('quiet hours', () => {
  it('report critical alerts at once, and the others of the same notice after them', () => {
    const notices = [notice('1', 'opened', ['a', 'b'], { createdAt: NIGHT })]
    const { sends, pending } = settle(QUIET, notices, { a: OPEN, b: CRITICAL }, NIGHT)
    expect(reported(sends)).toEqual([['opened', ['b']]])
    expect(sends[0]?.id).toBe('1')
    expect(pending.map(({ alertIds, notBefore }) => [alertIds, notBefore])).toEqual([
      [['b'], NIGHT],
      [['a'], MORNING],
    ])
  })

  it('end with one digest of what was open, what closed, and ends of what was reported before', () => {
    const at = { createdAt: NIGHT, notBefore: MORNING }
    const notices = [
      notice('1', 'opened', ['a'], at),
      notice('2', 'opened', ['b'], at),
      notice('3', 'closed', ['b'], { createdAt: NIGHT }),
      notice('4', 'closed', ['old'], { createdAt: NIGHT }),
    ]
    const alerts = { a: OPEN, b: CLOSED, old: { ...CLOSED, isReported: true } }
    const night = settle(QUIET, notices, alerts, NIGHT)
    expect(night.sends).toEqual([])
    const { sends } = settle(QUIET, night.pending, alerts, MORNING)
    expect(sends).toHaveLength(1)
    expect(sends[0]?.kind).toBe('digest')
    expect([...(sends[0]?.alertIds ?? [])].sort()).toEqual(['a', 'b', 'old'])
  })

  it('hold back a digest and a repetition too, unless they are critical', () => {
    const notices = [
      notice('1', 'digest', ['a'], { tries: 1 }),
      notice('2', 'opened', ['b'], { tries: 3 }),
      notice('3', 'opened', ['c'], { tries: 3 }),
    ]
    const at = new Date('2026-12-01T02:00:00Z')
    const { sends, pending } = settle(QUIET, notices, { a: CLOSED, b: OPEN, c: CRITICAL }, at)
    expect(reported(sends)).toEqual([['opened', ['c']]])
    const end = new Date('2026-12-01T10:00:00Z')
    expect(pending.map(({ id, notBefore }) => [id, notBefore])).toEqual([
      ['1', end],
      ['2', end],
      ['3', NOON],
    ])
  })
})
