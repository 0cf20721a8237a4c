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
  newContactsPerHour: number
  newContactsPerDay: number
  newContactsThisHour: number
  newContactsToday: number
  newHourWindow: number
  newDayWindow: number
  minGapMs: number
  lastSentAt: number
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
  /** Contacts that were counted as new, and those whose count was taken back. */
  newContacts: number
  newContactsBack: number
  /** Steps in which an instance used its last room for new contacts. */
  timesFullOfNew: number
  /** Grants on an instance with a gap between messages, and those of them that wait. */
  paced: number
  waiting: number
}

/**
 * Reads the transactions of the fleet in order and checks these invariants at each: a counter rises by exactly the
 * reservations of the same transaction (or by one recorded send), falls by exactly its releases in that window,
 * restarts only in a later window; no reservation exceeds the capacity at its moment, or uses an instance that is not
 * connected or whose phone another instance serves; a reservation is completed once; a contact's number changes only
 * together with a reservation on that number; new contacts are counted with a mark in their conversation, within the limits; messages of an
 * instance with a gap go out that far apart, in the hour that is charged.
 */
export function auditHistory(history: readonly Transaction[]): Audit {
  const seats = new Map<string, Seat>()
  const states = new Map<string, string>()
  const numbers = new Map<string, string | null>()
  const marks = new Map<string, string | null>()
  const audit: Audit = {
    problems: [],
    granted: 0,
    released: 0,
    recorded: 0,
    recordedIn: new Map(),
    timesFull: 0,
    capacityChanges: 0,
    duplicateChanges: 0,
    newContacts: 0,
    newContactsBack: 0,
    timesFullOfNew: 0,
    paced: 0,
    waiting: 0,
  }
  for (const transaction of history) auditTransaction(transaction, { seats, states, numbers, marks, audit })
  return audit
}

type Ledger = {
  seats: Map<string, Seat>
  states: Map<string, string>
  numbers: Map<string, string | null>
  /** When a contact was counted as new, by the key of its conversation. */
  marks: Map<string, string | null>
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
  const marked = new Map<string, Mark[]>()
  for (const { table, kind, row } of transaction.changes) {
    if (table !== 'zapfleet.conversations') continue
    const key = `${row.contact_id} ${row.instance_name}`
    const was = ledger.marks.get(key) ?? null
    const is = kind === 'DELETE' ? null : (row.new_at ?? null)
    ledger.marks.set(key, is)
    if (was !== is)
      marked.set(String(row.instance_name), [...(marked.get(String(row.instance_name)) ?? []), { was, is }])
  }
  for (const { table, kind, row } of transaction.changes) {
    if (table === 'public.whatsapp_instances' && kind !== 'DELETE') {
      const name = String(row.nome)
      touched.add(name)
      if (kind === 'INSERT') seats.delete(name)
      const was = seats.get(name)
      auditSeat(name, row, grants.get(name) ?? [], releases.get(name) ?? [], ledger, wrong)
      const is = seats.get(name)
      if (was && is)
        auditBudgets(name, { was, is }, grants.get(name) ?? [], marked.get(name) ?? [], ledger, wrong)
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

/** When a contact was counted as new, before and after a transaction. */
type Mark = { was: string | null; is: string | null }

function auditBudgets(
  name: string,
  { was, is }: { was: Seat; is: Seat },
  grants: Row[],
  marked: Mark[],
  { audit }: Ledger,
  wrong: (what: string) => void,
): void {
  if (Number.isFinite(is.newContactsPerDay)) {
    const isMark = (at: string | null): at is string => at !== null && at !== '-infinity'
    const counted = marked.filter((mark) => isMark(mark.is)).length
    const back = marked.filter(
      (mark) => !isMark(mark.is) && isMark(mark.was) && Date.parse(mark.was) >= is.newDayWindow,
    )
    audit.newContacts += counted
    audit.newContactsBack += back.length
    const before = is.newDayWindow > was.newDayWindow ? 0 : was.newContactsToday
    if (is.newContactsToday !== before + counted - back.length)
      wrong(
        `${name} counts ${is.newContactsToday} new contacts, ${before} before, by ${counted} marks and ${back.length} taken back`,
      )
    if (is.newContactsToday > is.newContactsPerDay || is.newContactsThisHour > is.newContactsPerHour)
      wrong(`${name} has more new contacts than its limits: ${JSON.stringify(is)}`)
    if (counted > 0 && is.newContactsToday === is.newContactsPerDay) audit.timesFullOfNew++
  }
  if (is.minGapMs === 0) return
  let last = was.lastSentAt
  const slots = grants.map((grant) => ({
    at: Date.parse(String(grant.not_before ?? grant.reserved_at)),
    endsAt: Date.parse(String(grant.hour_window)) + 3_600_000,
    waits: (grant.not_before ?? null) !== null,
  }))
  for (const { at, endsAt, waits } of slots.sort((a, b) => a.at - b.at)) {
    audit.paced++
    if (waits) audit.waiting++
    if (at < last + is.minGapMs) wrong(`${name} sends ${at - last} ms after its last message`)
    if (waits && at >= endsAt) wrong(`${name} sends after the hour that is charged`)
    last = at
  }
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
    newContactsPerHour: limitOf(row.novos_hora),
    newContactsPerDay: limitOf(row.novos_dia),
    newContactsThisHour: Number(row.novos_enviados_hora),
    newContactsToday: Number(row.novos_enviados_dia),
    newHourWindow: Date.parse(String(row.novos_janela_hora)),
    newDayWindow: Date.parse(String(row.novos_janela_dia)),
    minGapMs: Number(row.intervalo_min_ms),
    lastSentAt: Date.parse(String(row.ultima_msg_at ?? 'Invalid')) || 0,
  }
}

const limitOf = (stored: unknown): number =>
  stored === null || stored === undefined ? Number.POSITIVE_INFINITY : Number(stored)
