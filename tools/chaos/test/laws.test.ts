import { expect, it } from 'vitest'
import { readArguments } from '../src/arguments.ts'
import { compareCounters, compareSends, type Standing } from '../src/laws/audit-counts.ts'
import { auditWords } from '../src/laws/audit-words.ts'
import { createLedger, type Failure, type Send } from '../src/load/ledger.ts'
import { chosenFaults } from '../src/run-chaos.ts'
import { verdictTable } from '../src/table.ts'

const row = (id: string, more: Partial<Standing> = {}): Standing => ({
  id,
  instance_name: 'haven',
  contact_id: 'ana',
  state: 'reserved',
  idempotency_key: 'k',
  hour: '12:00',
  ...more,
})
const send = (more: Partial<Send> = {}): Send => ({
  key: 'k',
  contactId: 'ana',
  granted: null,
  open: false,
  settled: null,
  perhaps: null,
  ...more,
})
const granted = (id: string) => ({ id, instanceName: 'haven', contactId: 'ana', state: 'reserved' })

it.each([
  ['a granted send that stands once', send({ granted: granted('1') }), [row('1')], 0],
  ['a granted send that is not there', send({ granted: granted('1') }), [], 1],
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
    send({ granted: granted('1'), settled: 'released' }),
    [row('1', { state: 'released' })],
    0,
  ],
  ['a released send that still counts', send({ granted: granted('1'), settled: 'released' }), [row('1')], 1],
  ['a release without an answer', send({ granted: granted('1'), perhaps: 'released' }), [row('1')], 0],
  ['a send that nobody released', send({ granted: granted('1') }), [row('1', { state: 'released' })], 1],
  ['a stranger, found by contact', send({ key: null, open: true }), [row('1', { idempotency_key: null })], 0],
])('the audit of %s', (_, told, standing, problems) => {
  expect(compareSends([told], standing)).toHaveLength(problems)
})

it('counters are what stands and was recorded, and an hour holds what it may', () => {
  const recorded = { surely: 2, perhaps: 3 }
  const counted = (nome: string, today: number) => [{ nome, today }]
  expect(compareCounters({ recorded }, [row('1')], counted('haven', 1))).toEqual([])
  expect(compareCounters({ recorded }, [row('1', { state: 'released' })], counted('haven', 1))).toHaveLength(
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
})

it('one key answered with two reservations is a lie', () => {
  const ledger = createLedger()
  const one = ledger.open('k', 'ana')
  ledger.tell(one, 'reserve', { kind: 'answer', data: granted('1') })
  ledger.tell(one, 'reserve', { kind: 'answer', data: granted('1') })
  expect(ledger.lies).toEqual([])
  ledger.tell(one, 'reserve', { kind: 'answer', data: granted('2') })
  expect(ledger.lies).toHaveLength(1)
})

const refused = (code: string, atMs: number, mightUseHaven = true): Failure => ({
  verb: 'reserve',
  fromMs: atMs,
  toMs: atMs + 10,
  told: { kind: 'refused', code, reasons: {} },
  mightUseHaven,
})
const silent = (atMs: number): Failure => ({
  ...refused('', atMs),
  told: { kind: 'silence', why: 'ECONNRESET' },
})
const licence = {
  fromMs: 10_000,
  toMs: 20_000,
  tells: ['DATABASE_UNAVAILABLE'],
  absences: [{ fromMs: 12_000, toMs: 13_000 }],
  closures: [{ fromMs: 16_000, toMs: 17_000 }],
  starved: false,
}

it.each([
  ['an error of the fault, during it', refused('DATABASE_UNAVAILABLE', 15_000), 0],
  ['an error of the fault, after it', refused('DATABASE_UNAVAILABLE', 25_000), 1],
  ['an error of another kind', refused('OVERLOADED', 15_000), 1],
  ['a refusal while the haven was closed', refused('NO_CAPACITY', 16_500), 0],
  ['a refusal while the haven was open', refused('NO_CAPACITY', 11_000), 1],
  ['a refusal of who may not use the haven', refused('NO_CAPACITY', 11_000, false), 0],
  ['silence while the process was away', silent(12_500), 0],
  ['silence while the process was there', silent(18_000), 1],
])('the law of words, by %s', (_, failure, problems) => {
  expect(auditWords([failure], licence)).toHaveLength(problems)
})

it('a starved machine excuses what comes late, and nothing else', () => {
  const starved = { ...licence, starved: true }
  expect(auditWords([refused('OVERLOADED', 15_000)], starved)).toEqual([])
  expect(auditWords([refused('UNEXPECTED', 15_000)], starved)).toHaveLength(1)
})

it('the table names the fault, whether it held, and how soon all was well', () => {
  const verdict = { fault: 'x', words: 'a fault', broken: [], note: '9 calls', stretched: 1 }
  const table = verdictTable([
    { ...verdict, outcome: 'held', recoveredInMs: 1_234 },
    { ...verdict, outcome: 'VIOLATED', recoveredInMs: null, broken: ['a law'], stretched: 4 },
  ])
  expect(table.split('\n').slice(2)).toEqual([
    'a fault  held      1.2 s         9 calls',
    'a fault  VIOLATED  -             9 calls (busy machine: bounds x 4.0)',
    '',
    'a fault: VIOLATED',
    '  a law',
  ])
})

it('the command line is read, and a wrong one is told', () => {
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
