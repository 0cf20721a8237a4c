import { clientsNumber, formsText, hasForms, presentState, sideRow } from '../contact/contact-sql.ts'
import { type Kind, kindSql, owesSql } from '../contact/conversations.ts'
import type { ClientIds } from '../ground/client-ids.ts'
import { commitsBy } from '../ground/flush.ts'
import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import {
  CAN_PROBE,
  CAN_PROBE_RESTRICTED,
  CAN_SEND,
  COUNTS_NEW,
  DAILY_CAPACITY,
  DAY,
  HOUR,
  HOURLY_CAPACITY,
  IS_DRAINING,
  IS_DUPLICATE,
  IS_FAILING,
  IS_RESTRICTED,
  IS_TIMED,
  MANAGED,
  PRIORITY,
  RESTRAINTS,
  SENT_THIS_HOUR,
  SENT_TODAY,
  SERVES_ALL,
} from '../instance/counters-sql.ts'
import type { CandidateReading } from '../selection/pool.ts'
import { hasOtherForms } from './claim-form.ts'
import { type PendingReserve, writtenAs } from './pending-reserve.ts'
import type { PreferenceOutcome } from './reservation.ts'
import { readSeat, type SeatRow } from './seat.ts'

/**
 * The claim of a batch of one reserve that moves no contact and has no key: one row updated where it still fits, and
 * its reservation. The same rules as in the claim of a batch with a quarter of the plan; setting up and reading
 * arrays costs a single reserve as much as its commit does. A reserve that does not fit gets no seat; the claim of a
 * batch then returns why.
 *
 * One instance is locked and nothing else, so there is no order to keep. When another writer changed the row at the
 * same time, PostgreSQL reads the newest version before it counts (READ COMMITTED).
 */
export type ClaimOne = {
  /** Claims this instance, if the contact's number is the one that was cached. Null when it was not granted. */
  picked(
    reserve: PendingReserve,
    pick: {
      instance: string
      expected: string | null
      outcome: PreferenceOutcome
      kind: Kind | null
      reads: boolean
      isProbe: boolean
    },
  ): Promise<Seat | null>
  /**
   * Claims the number that the contact has, whichever it is: the result of `sticky` when that number may send. Saves a
   * reading. Returns the number in any case, null for none, and the contact's state; one that has a state gets no seat.
   */
  own(reserve: PendingReserve): Promise<{ present: string | null; state: string | null; seat: Seat | null }>
}

/** The columns of a claimed instance that the statement reads again. */
const CLAIMED = [
  'nome',
  'status',
  'pausada',
  'capacidade_hora',
  'capacidade_dia',
  'msgs_enviadas_hora',
  'msgs_enviadas_dia',
  'janela_hora',
  'janela_dia',
  'prioridade',
  'ultima_msg_at',
  'duplicata_de',
  'rampa',
]

/** Those of its restraints. */
const RESTRAINED = [
  'entrega',
  'drenando',
  'restrita_desde',
  'restrita_ate',
  'restrita_fonte',
  'sondada_em',
  'novos_hora',
  'novos_dia',
  'novos_enviados_hora',
  'novos_enviados_dia',
  'novos_janela_hora',
  'novos_janela_dia',
  'intervalo_min_ms',
  'horario',
]

/** A grant: when, the kind of the message if it was read (null without a contact), and the state of the instance after it. */
export type Seat = { at: Date; kind: Kind | null; candidate: CandidateReading }

type Row = {
  at: Date
  seat: SeatRow | null
  kind: Kind | null
  present: string | null
  state: string | null
}

/** One row: `at`, `seat` (null when nothing was granted), and for `own` the contact's number, `present`, and its `state`. */
export function createClaimOne({ sql, clock, timeZone, clients }: Ground): ClaimOne {
  const both = (which: Which): Record<'plain' | 'forms', Statement> => ({
    plain: claimOneStatement(clients, which, false),
    forms: claimOneStatement(clients, which, true),
  })
  const statements = { picked: both('picked'), plain: both('plain'), own: both('own') }
  const run = async (which: Which, reserve: PendingReserve, values: unknown[]): Promise<Row | undefined> => {
    if (!hasOtherForms(reserve)) return (await sql.runClaim<Row>(statements[which].plain, values))[0]
    const forms = hasForms(clients.kind) ? [formsText(reserve.clients)] : []
    const all = [...values, writtenAs(reserve), ...forms]
    return (await sql.runClaim<Row>(statements[which].forms, all))[0]
  }
  const seat = (row: Row | undefined): Seat | null =>
    row?.seat ? { at: row.at, kind: row.kind, candidate: readSeat(row.seat, timeZone) } : null
  return {
    async picked(reserve, { instance, expected, outcome, kind, reads, isProbe }) {
      const values = [
        clock(),
        timeZone,
        reserve.id,
        reserve.contact,
        reserve.client,
        reserve.strategy,
        outcome,
        instance,
        expected,
        reserve.owner,
        kind,
      ]
      return seat(
        await (reads ? run('picked', reserve, [...values, isProbe]) : run('plain', reserve, values)),
      )
    },
    async own(reserve) {
      const values = [
        clock(),
        timeZone,
        reserve.id,
        reserve.contact,
        reserve.client,
        reserve.strategy,
        'kept',
        reserve.owner,
      ]
      const row = await run('own', reserve, values)
      return { present: row?.present ?? null, state: row?.state ?? null, seat: seat(row) }
    },
  }
}

type Which = 'picked' | 'plain' | 'own'

/**
 * Parameters: $1 moment, $2 zone, $3 reservation id, $4 contact, $5 the contact as an id of clientes, $6 strategy, $7
 * preference outcome; for `own` $8 owner; for the others $8 instance, $9 cached preference, $10 owner, $11 kind (null: `picked` reads
 * it), and for `picked` $12 whether it is the probe of a restricted instance. `plain` serves an instance without restraints, for a message
 * whose kind is known; it reads no conversation.
 *
 * With `forms` two more follow: the contact as the caller wrote it, where that is not $4, and, where `hasForms`, its ids in clientes
 * as the text of an array. The last one is that of `commitsBy`.
 */
function claimOneStatement(clients: ClientIds, which: Which, forms: boolean): Statement {
  const owner = which === 'own' ? '$8' : '$10'
  const next = { own: 9, plain: 12, picked: 13 }[which]
  const last = next + (forms ? (hasForms(clients.kind) ? 2 : 1) : 0)
  const client = clients.kind === 'none' ? 'nullif($5::text, $5::text)' : `$5::${clients.sqlType}`
  const present = `coalesce(${clientsNumber(clients, client, forms ? `$${next + 1}::text` : null)}, o.side[2])`
  const side = `(select ${sideRow('$4::text')} side offset 0) o`
  const found =
    which === 'own'
      ? `,
found as materialized (select ${present} present, ${presentState('$4::text', 'o.side')} state from ${side})`
      : ''
  const isOwn = '($4::text is not null and i.nome = $9::text)'
  const read = kindSql('$4::text', 'i.nome')
  const isReading = which !== 'plain'
  const wanted =
    which === 'own'
      ? 'i.nome = (select found.present from found where found.state is null)'
      : `i.nome = $8::text and ($4::text is null or (select o.side[1] is null and ${present} is not distinct from $9::text from ${side}))`
  // A new contact on a number with a limit for those is claimed by the claim of a batch.
  const owes = owesSql('$4::text', 'i.nome', 'moment.at')
  const isUncounted = `(not ${COUNTS_NEW} or $4::text is null or ${isOwn} and not ${owes})`
  const may = {
    plain: `${SERVES_ALL} and not ${COUNTS_NEW}`,
    own: `(${CAN_SEND} or ${CAN_PROBE}) and not ${IS_TIMED} and not (${COUNTS_NEW} and ${owes})`,
    picked: `(${CAN_SEND} and (not ${IS_RESTRICTED} and not ${IS_DRAINING} or ${isOwn} or ($4::text is not null and (${read} <> 'new' or $12::bool and ${CAN_PROBE_RESTRICTED} and not ${IS_DRAINING}))) or ${isOwn} and ${CAN_PROBE}) and not ${IS_TIMED} and ${isUncounted}`,
  }[which]
  const kindOfMessage = {
    plain: '$11::text',
    own: read,
    picked: `case when $4::text is not null then coalesce($11::text, ${read}) end`,
  }[which]
  const isProbe =
    which === 'picked'
      ? `${IS_FAILING} or ($12::bool and ${IS_RESTRICTED} and ${CAN_PROBE_RESTRICTED} and not ${IS_DRAINING})`
      : IS_FAILING
  const probe = isReading
    ? `,
    sondada_em = case when ${isProbe} then moment.at else i.sondada_em end`
    : ''
  const returned = isReading ? [...CLAIMED, ...RESTRAINED] : CLAIMED
  return statement(
    `claim_${which}${forms ? '_forms' : ''}_${clients.kind}`,
    `with ${MOMENT}${found},
claimed as (
  update public.whatsapp_instances i
  set msgs_enviadas_hora = ${SENT_THIS_HOUR} + 1, msgs_enviadas_dia = ${SENT_TODAY} + 1,
    janela_hora = ${HOUR}, janela_dia = ${DAY}, ultima_msg_at = greatest(i.ultima_msg_at, moment.at)${probe}
  from moment
  where ${wanted} and ${MANAGED} and ${may}
    and ${SENT_THIS_HOUR} < ${HOURLY_CAPACITY} and ${SENT_TODAY} < ${DAILY_CAPACITY}
  returning ${returned.map((column) => `i.${column}`).join(', ')}, moment.at),
inserted as (
  insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, owner, kind${forms ? ', contact_as' : ''})
  select $3::uuid, i.nome, $4::text, $6::text, $7::text, i.janela_hora, i.janela_dia, i.at, ${owner}::text, ${kindOfMessage}${forms ? `, $${next}::text` : ''} from claimed i${isReading ? ', moment' : ''}
  ${isReading ? 'returning kind' : ''})
select moment.at, case when i.nome is not null then json_build_array(i.nome, i.status, i.pausada, ${HOURLY_CAPACITY}, ${DAILY_CAPACITY},
  i.msgs_enviadas_hora, i.msgs_enviadas_dia, ${PRIORITY}, extract(epoch from i.ultima_msg_at) * 1000, ${IS_DUPLICATE},
  ${isReading ? RESTRAINTS : 'null'}) end seat, ${isReading ? '(select kind from inserted)' : 'null'} kind
  ${which === 'own' ? ', (select found.present from found) present, (select found.state from found) state' : ''}, ${commitsBy(last)}
from moment left join claimed i on true`,
  )
}
