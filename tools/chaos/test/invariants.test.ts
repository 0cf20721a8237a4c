import { expect, it } from 'vitest'
import { readArguments } from '../src/arguments.ts'
import { compareCounters, compareSends, type ReservationRow } from '../src/invariants/audit-counts.ts'
import { auditReplies } from '../src/invariants/audit-replies.ts'
import { createLedger, type Failure, type Send } from '../src/load/ledger.ts'
import { chosenFaults } from '../src/run-chaos.ts'
import { verdictTable } from '../src/verdict.ts'

const row = (id: string, more: Partial<ReservationRow> = {}): ReservationRow => ({
  id,
  instance_name: 'spare',
  contact_id: 'ana',
  state: 'reserved',
  idempotency_key: 'k',
  hour: '12:00',
  sent_at_ms: 0,
  ...more,
})
const send = (more: Partial<Send> = {}): Send => ({
  key: 'k',
  contactId: 'ana',
  granted: null,
  open: false,
  completed: null,
  uncertain: null,
  ...more,
})
const granted = (id: string) => ({ id, instanceName: 'spare', contactId: 'ana', state: 'reserved' })

it.each([
  ['a granted send with one row', send({ granted: granted('1') }), [row('1')], 0],
  ['a granted send without a row', send({ granted: granted('1') }), [], 1],
  [
    'a granted send on another number',
    send({ granted: granted('1') }),
    [row('1', { instance_name: 'x' })],
    1,
  ],
  ['an unknown send that was counted', send({ open: true }), [row('1')], 0],
  ['an unknown send that was not', send({ open: true }), [], 0],
  ['an unknown send that was counted twice', send({ open: true }), [row('1'), row('2')], 1],
  ['a refused send that was counted', send(), [row('1')], 1],
  ['a granted send with a second row', send({ granted: granted('1'), open: true }), [row('1'), row('2')], 1],
  [
    'a released send',
    send({ granted: granted('1'), completed: 'released' }),
    [row('1', { state: 'released' })],
    0,
  ],
  [
    'a released send that still counts',
    send({ granted: granted('1'), completed: 'released' }),
    [row('1')],
    1,
  ],
  ['a release without an answer', send({ granted: granted('1'), uncertain: 'released' }), [row('1')], 0],
  ['a send that no caller released', send({ granted: granted('1') }), [row('1', { state: 'released' })], 1],
  [
    'a send without a key, found by its contact',
    send({ key: null, open: true }),
    [row('1', { idempotency_key: null })],
    0,
  ],
])('the audit of %s', (_, reply, reservations, problems) => {
  expect(compareSends([reply], reservations)).toHaveLength(problems)
})

it('counters match the rows and the recorded sends, and an hour keeps its limit', () => {
  const recorded = { certain: 2, uncertain: 3 }
  const counted = (nome: string, today: number, newToday = 0, marked = 0) => [
    { nome, today, new_today: newToday, marked },
  ]
  expect(compareCounters({ recorded }, [row('1')], counted('spare', 1))).toEqual([])
  expect(compareCounters({ recorded }, [row('1', { state: 'released' })], counted('spare', 1))).toHaveLength(
    1,
  )
  for (const [today, problems] of [
    [1, 1],
    [2, 0],
    [3, 0],
    [4, 1],
  ] as const)
    expect(compareCounters({ recorded }, [], counted('recorded', today))).toHaveLength(problems)
  const full = Array.from({ length: 61 }, (_, n) => row(String(n), { instance_name: 'tight-hour' }))
  expect(compareCounters({ recorded }, full.slice(1), [])).toEqual([])
  expect(compareCounters({ recorded }, full, [])).toHaveLength(1)
  for (const [newToday, marked, problems] of [
    [40, 40, 0],
    [41, 41, 1],
    [39, 40, 1],
  ] as const)
    expect(compareCounters({ recorded }, [], counted('tight-new', 0, newToday, marked))).toHaveLength(
      problems,
    )
  const paced = (...at: number[]) =>
    at.map((ms, n) => row(String(n), { instance_name: 'tight-gap', sent_at_ms: ms }))
  expect(compareCounters({ recorded }, paced(900, 0, 300, 600), [])).toEqual([])
  expect(compareCounters({ recorded }, paced(0, 300, 599.9), [])).toHaveLength(1)
})

it('one key answered with two reservations is a violation', () => {
  const ledger = createLedger()
  const one = ledger.open('k', 'ana')
  ledger.add(one, 'reserve', { kind: 'answer', data: granted('1') })
  ledger.add(one, 'reserve', { kind: 'answer', data: granted('1') })
  expect(ledger.contradictions).toEqual([])
  ledger.add(one, 'reserve', { kind: 'answer', data: granted('2') })
  expect(ledger.contradictions).toHaveLength(1)
})

const refused = (code: string, atMs: number, mightUseSpare = true): Failure => ({
  verb: 'reserve',
  fromMs: atMs,
  toMs: atMs + 10,
  reply: { kind: 'refused', code, reasons: {} },
  mightUseSpare,
})
const silent = (atMs: number): Failure => ({
  ...refused('', atMs),
  reply: { kind: 'no reply', why: 'ECONNRESET' },
})
const allowance = {
  fromMs: 10_000,
  toMs: 20_000,
  allowedErrors: ['DATABASE_UNAVAILABLE'],
  absences: [{ fromMs: 12_000, toMs: 13_000 }],
  closures: [{ fromMs: 16_000, toMs: 17_000 }],
  overloaded: false,
}

it.each([
  ['an error of the fault, during it', refused('DATABASE_UNAVAILABLE', 15_000), 0],
  ['an error of the fault, after it', refused('DATABASE_UNAVAILABLE', 25_000), 1],
  ['an error of another kind', refused('OVERLOADED', 15_000), 1],
  ['a refusal while the spare was closed', refused('NO_CAPACITY', 16_500), 0],
  ['a refusal while the spare was open', refused('NO_CAPACITY', 11_000), 1],
  ['a refusal of who may not use the spare', refused('NO_CAPACITY', 11_000, false), 0],
  ['silence while the process was away', silent(12_500), 0],
  ['silence while the process was there', silent(18_000), 1],
])('a failed call counts as a problem exactly where no fault excuses it: %s', (_, failure, problems) => {
  expect(auditReplies([failure], allowance)).toHaveLength(problems)
})

it('an overloaded machine excuses late answers, and nothing else', () => {
  const overloaded = { ...allowance, overloaded: true }
  expect(auditReplies([refused('OVERLOADED', 15_000)], overloaded)).toEqual([])
  expect(auditReplies([refused('UNEXPECTED', 15_000)], overloaded)).toHaveLength(1)
})

it('the table has the fault, whether it held, and the time of the recovery', () => {
  const verdict = { fault: 'x', title: 'a fault', broken: [], note: '9 calls', extendedBy: 1 }
  const table = verdictTable([
    { ...verdict, outcome: 'held', recoveredInMs: 1_234 },
    { ...verdict, outcome: 'VIOLATED', recoveredInMs: null, broken: ['a law'], extendedBy: 4 },
  ])
  expect(table.split('\n').slice(2)).toEqual([
    'a fault  held      1.2 s         9 calls',
    'a fault  VIOLATED  -             9 calls (busy machine: bounds x 4.0)',
    '',
    'a fault: VIOLATED',
    '  a law',
  ])
})

it('the command line is read, and a wrong one is refused', () => {
  expect(readArguments(['--', '--seed', '7', '--rounds', '2'], 1)).toMatchObject({
    seed: 7,
    rounds: 2,
    only: null,
  })
  expect(() => readArguments(['--only', 'sunshine'], 1)).toThrow('none called "sunshine"')
  expect(() => readArguments(['--rounds', '0'], 1)).toThrow('--rounds takes a whole number')
  const names = (seed: number) => chosenFaults({ short: false, only: null, seed }).map((fault) => fault.name)
  expect(names(1)).toEqual(names(1))
  expect(names(1)).not.toEqual(names(2))
})
