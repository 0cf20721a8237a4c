import type { RowChange, Transaction } from './history.ts'

/** The history of one instance. */
type Seat = {
  status: string | null
  paused: boolean
  /** Another instance serves its phone. */
  duplicate: boolean
  hourlyCapacity: number
  dailyCapacity: number
  sentThisHour: number
  sentToday: number
  hourWindow: number
  dayWindow: number
}

/** The findings of an audit; `problems` is empty when every step was exact. */
export type Audit = {
  problems: string[]
  granted: number
  released: number
  /** Recorded sends without a reservation, in all and by `name|hour window|day window`. */
  recorded: number
  recordedIn: Map<string, number>
  /** Steps in which an instance used its last seat. */
  timesFull: number
  capacityChanges: number
  /** How often an instance became the duplicate of another one, or ceased to be. */
  duplicateChanges: number
}

/**
 * Reads the transactions of the fleet in order and checks these invariants at each: a counter rises by exactly the
 * reservations of the same transaction (or by one recorded send), falls by exactly its releases in that window,
 * restarts only in a later window; no reservation exceeds the capacity at its moment, or uses an instance that is not
 * connected or whose phone another instance serves; a reservation is completed once; a contact's number changes only
 * together with a reservation on that number.
 */
export function auditHistory(history: readonly Transaction[]): Audit {
  const seats = new Map<string, Seat>()
  const states = new Map<string, string>()
  const numbers = new Map<string, string | null>()
  const audit: Audit = {
    problems: [],
    granted: 0,
    released: 0,
    recorded: 0,
    recordedIn: new Map(),
    timesFull: 0,
    capacityChanges: 0,
    duplicateChanges: 0,
  }
  for (const transaction of history) auditTransaction(transaction, { seats, states, numbers, audit })
  return audit
}

type Ledger = {
  seats: Map<string, Seat>
  states: Map<string, string>
  numbers: Map<string, string | null>
  audit: Audit
}

type Row = RowChange['row']

function auditTransaction(transaction: Transaction, ledger: Ledger): void {
  const { audit, seats, states } = ledger
  const wrong = (what: string): void => {
    if (audit.problems.length < 20) audit.problems.push(`transaction ${transaction.id}: ${what}`)
  }
  const grants = new Map<string, Row[]>()
  const releases = new Map<string, Row[]>()
  const touched = new Set<string>()
  for (const { table, kind, row } of transaction.changes) {
    if (table !== 'zapfleet.reservations') continue
    const id = String(row.id)
    const was = states.get(id)
    const is = String(row.state)
    states.set(id, is)
    if (kind === 'INSERT') {
      if (was !== undefined) wrong(`reservation ${id} was inserted twice`)
      into(grants, row)
      audit.granted++
    } else if (was !== is) {
      if (was !== 'reserved') wrong(`reservation ${id} went from ${was} to ${is}`)
      if (is === 'released') {
        into(releases, row)
        audit.released++
      }
    }
  }
  for (const { table, kind, row } of transaction.changes) {
    if (table === 'public.whatsapp_instances' && kind !== 'DELETE') {
      const name = String(row.nome)
      touched.add(name)
      if (kind === 'INSERT') seats.delete(name)
      auditSeat(name, row, grants.get(name) ?? [], releases.get(name) ?? [], ledger, wrong)
    }
    if (table === 'public.clientes' || table === 'zapfleet.contacts')
      auditNumber(table, kind, row, grants, ledger, wrong)
  }
  for (const name of new Set([...grants.keys(), ...releases.keys()]))
    if (!touched.has(name)) wrong(`reservations of ${name} changed and its counters did not`)
}

function auditSeat(
  name: string,
  row: Row,
  grants: Row[],
  releases: Row[],
  ledger: Ledger,
  wrong: (what: string) => void,
): void {
  const { seats, audit } = ledger
  const is = readSeat(row)
  const was = seats.get(name)
  seats.set(name, is)
  if (!was) return
  if (is.hourWindow < was.hourWindow || is.dayWindow < was.dayWindow) wrong(`a window of ${name} moved back`)
  if (is.hourlyCapacity !== was.hourlyCapacity || is.dailyCapacity !== was.dailyCapacity)
    audit.capacityChanges++
  if (is.duplicate !== was.duplicate) audit.duplicateChanges++
  const inHour = (of: Row): boolean => Date.parse(String(of.hour_window)) === is.hourWindow
  const inDay = (of: Row): boolean => Date.parse(String(of.day_window)) === is.dayWindow
  const beyondHour =
    is.sentThisHour -
    (is.hourWindow > was.hourWindow ? 0 : was.sentThisHour) -
    grants.length +
    releases.filter(inHour).length
  const beyondDay =
    is.sentToday -
    (is.dayWindow > was.dayWindow ? 0 : was.sentToday) -
    grants.length +
    releases.filter(inDay).length
  const plain = grants.length === 0 && releases.length === 0
  if (plain && beyondHour === 1 && beyondDay === 1) {
    audit.recorded++
    const window = `${name}|${is.hourWindow}|${is.dayWindow}`
    audit.recordedIn.set(window, (audit.recordedIn.get(window) ?? 0) + 1)
  } else if (beyondHour !== 0 || beyondDay !== 0) {
    wrong(
      `${name} counts ${beyondHour} this hour and ${beyondDay} today that are no reservation: ` +
        `${JSON.stringify(was)} became ${JSON.stringify(is)} by ${grants.length} grants and ${releases.length} releases`,
    )
  }
  if (grants.length === 0) return
  if (!grants.every((grant) => inHour(grant) && inDay(grant)))
    wrong(`a grant on ${name} names other windows than were charged`)
  if (is.sentThisHour > was.hourlyCapacity || is.sentToday > was.dailyCapacity)
    wrong(`${name} was granted beyond its capacity: ${JSON.stringify(is)}`)
  if (is.sentThisHour === was.hourlyCapacity || is.sentToday === was.dailyCapacity) audit.timesFull++
  if (!['connected', 'open'].includes(was.status ?? '') || was.paused || was.duplicate)
    wrong(
      `${name} was granted while ${was.status}${was.paused ? ', paused' : ''}${was.duplicate ? ', a duplicate' : ''}`,
    )
}

function auditNumber(
  table: string,
  kind: RowChange['kind'],
  row: Row,
  grants: Map<string, Row[]>,
  ledger: Ledger,
  wrong: (what: string) => void,
): void {
  const contact = `${table} ${row.id}`
  const is = (table === 'public.clientes' ? row.instancia_preferida : row.preferred_instance) ?? null
  const was = ledger.numbers.get(contact) ?? null
  ledger.numbers.set(contact, kind === 'DELETE' ? null : is)
  if (kind === 'DELETE' || is === was || is === null) return
  if (!grants.get(is)?.some((grant) => grant.contact_id === row.id))
    wrong(`${contact} got the number ${is} without a reservation on it`)
}

function into(groups: Map<string, Row[]>, row: Row): void {
  const name = String(row.instance_name)
  const group = groups.get(name)
  if (group) group.push(row)
  else groups.set(name, [row])
}

function readSeat(row: Row): Seat {
  return {
    status: row.status ?? null,
    paused: row.pausada === 'true',
    duplicate: (row.duplicata_de ?? null) !== null,
    hourlyCapacity: Number(row.capacidade_hora),
    dailyCapacity: Number(row.capacidade_dia),
    sentThisHour: Number(row.msgs_enviadas_hora),
    sentToday: Number(row.msgs_enviadas_dia),
    hourWindow: Date.parse(String(row.janela_hora)),
    dayWindow: Date.parse(String(row.janela_dia)),
  }
}
