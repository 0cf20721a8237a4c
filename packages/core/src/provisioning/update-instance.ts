import { FleetError } from '../ground/fleet-error.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { checkPhones } from '../health/check-phones.ts'
import { COLUMNS, UPDATE_FIELDS, type UpdateField } from '../instance/columns.ts'
import { getInstance, unknownInstance } from '../instance/get-instance.ts'
import type { Instance, UpdateInstanceInput } from '../instance/instance.ts'
import { givenPhone } from '../instance/phone-of.ts'
import { onServerOf } from '../server/on-server.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'
import { withFreePhone } from './with-free-phone.ts'

const SQL_TYPES = { text: 'text', int: 'int', count: 'int', flag: 'bool', json: 'jsonb', texts: 'text[]' }
const PAUSED = COLUMNS.paused.column

/** The ramp that these values begin today, in SQL; the present one where it has the same values. */
function begunRamp(value: string): string {
  const today = `to_char(coalesce($1::timestamptz, clock_timestamp()) at time zone $4::text, 'YYYY-MM-DD')`
  return `case when i.rampa @> ${value} then i.rampa else ${value} || jsonb_build_object('startedOn', ${today}, 'day', 1,
      'limitToday', ${value} -> 'from', 'heldBecause', null, 'advancedOn', ${today}) end`
}

/** What a field becomes: the value that is given, else its present one. A detail of a pause ends with the pause. */
function nextOf(field: UpdateField): string {
  const { column, type, detailOf } = { detailOf: undefined, ...COLUMNS[field] }
  const given = `'${field}' = any($3::text[])`
  const sent = `$${UPDATE_FIELDS.indexOf(field) + 5}::${SQL_TYPES[type]}`
  const value = field === 'ramp' ? begunRamp(sent) : sent
  return detailOf === undefined
    ? `case when ${given} then ${value} else i.${column} end`
    : `case when not ${nextOf(detailOf)} then null when ${given} then ${value} when i.${PAUSED} then i.${column} end`
}

/** The name of a field where it changes. A detail of a pause that begins or ends is no change of its own. */
function changeOf(field: UpdateField): string {
  const { column, detailOf } = { detailOf: undefined, ...COLUMNS[field] }
  const stays = detailOf === undefined ? '' : `i.${PAUSED} and ${nextOf(detailOf)} and `
  return `case when ${stays}i.${column} is distinct from ${nextOf(field)} then '${field}' end`
}

/** MOMENT, whose time zone is $2 there and $4 here. */
const MOMENT_OF_UPDATE = MOMENT.replaceAll('$2', '$4')

const columnsOfUpdate = UPDATE_FIELDS.map((field) => COLUMNS[field].column)

/**
 * Changes settings and writes the event where one of them changes. The instance is locked before events are numbered, as every
 * writer does. $1 the moment handed in, $2 name, $3 the fields that are given, $4 the time zone; from $5 on their values, in the
 * order of UPDATE_FIELDS.
 *
 * A limit for new contacts that begins counts those of the present hour and day: `zapfleet.count_new_contacts` reads them after the lock.
 */
const updateStatement = statement(
  'update_instance',
  `with ${MOMENT_OF_UPDATE},
locked as materialized (
  select i.nome, ${UPDATE_FIELDS.map((field) => `${nextOf(field)} ${COLUMNS[field].column}`).join(',\n    ')},
    array_remove(array[
      ${UPDATE_FIELDS.map(changeOf).join(',\n      ')}], null) changed,
    i.novos_hora is null and i.novos_dia is null is_unlimited
  from public.whatsapp_instances i where i.nome = $2::text and i.removida_em is null for no key update of i),
counted as materialized (
  select locked.nome, moment.hour_start, moment.day_start, zapfleet.count_new_contacts(locked.nome, moment.hour_start, moment.day_start) new
  from locked, moment where locked.is_unlimited and (locked.novos_hora is not null or locked.novos_dia is not null)),
updated as (
  update public.whatsapp_instances w
  set ${columnsOfUpdate.map((column) => `${column} = locked.${column}`).join(', ')},
    novos_enviados_hora = coalesce(counted.new[1], w.novos_enviados_hora), novos_janela_hora = coalesce(counted.hour_start, w.novos_janela_hora),
    novos_enviados_dia = coalesce(counted.new[2], w.novos_enviados_dia), novos_janela_dia = coalesce(counted.day_start, w.novos_janela_dia)
  from locked left join counted using (nome) where w.nome = locked.nome and cardinality(locked.changed) > 0
  returning w.nome, zapfleet.instance_facts(w) facts),
recorded as (
  insert into zapfleet.events (id, type, instance_name, at, evidence, facts)
  select zapfleet.next_event_id(), 'settings', updated.nome, coalesce($1::timestamptz, clock_timestamp()),
    jsonb_build_object('source', 'admin', 'changed', to_jsonb(locked.changed)), updated.facts
  from updated join locked using (nome) returning 1)
select locked.changed from locked where (select count(*) from recorded) >= 0`,
)

/** A value as its parameter: the driver would send an array as an array of SQL. */
const stored = (field: UpdateField, value: unknown): unknown =>
  COLUMNS[field].type === 'json' && value !== null ? JSON.stringify(value) : value

/**
 * Changes the settings that are given. A lower limit holds from the next claim on.
 *
 * @throws FleetError NOT_FOUND; CONFLICT for the phone of another instance; INVALID_INPUT for a phone number that is none, and
 * for the reason of a pause without the pause
 */
export async function updateInstance(call: ProvisioningCall, input: UpdateInstanceInput): Promise<Instance> {
  const { name, paused, pauseReason } = input
  if (pauseReason !== undefined && paused !== true)
    throw new FleetError(
      'INVALID_INPUT',
      'pauseReason: expected it together with "paused": true, whose reason it is.',
    )
  const phoneNumber =
    typeof input.phoneNumber === 'string'
      ? givenPhone(input.phoneNumber, call.fleet.defaultCountry)
      : input.phoneNumber
  const changes = { ...input, phoneNumber }
  const given = UPDATE_FIELDS.filter((field) => changes[field] !== undefined)
  const values = [
    call.fleet.clock(),
    name,
    given,
    call.fleet.timeZone,
    ...UPDATE_FIELDS.map((field) => stored(field, changes[field] ?? null)),
  ]
  const update = () => call.fleet.sql.run<{ changed: string[] }>(updateStatement, values)
  const [row] = await (typeof phoneNumber === 'string'
    ? withFreePhone(call, name, phoneNumber, update)
    : update())
  if (!row) throw unknownInstance(name)
  await call.fleet.engine.snapshot.refreshNames([name])
  if (row.changed.includes('phoneNumber')) await checkPhones(await onServerOf(call, name), [name])
  if (row.changed.length > 0)
    call.log.info({ instance: name, changed: row.changed }, 'instance settings changed')
  return getInstance(call.fleet, { name })
}
