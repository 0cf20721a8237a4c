import { FleetError } from '../ground/fleet-error.ts'
import { statement } from '../ground/statement.ts'
import { checkPhones } from '../health/check-phones.ts'
import { getInstance, unknownInstance } from '../instance/get-instance.ts'
import type { Instance } from '../instance/instance.ts'
import { givenPhone } from '../instance/phone-of.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'
import { withFreePhone } from './with-free-phone.ts'

export type UpdateInstanceInput = {
  name: string
  /** As people write it, stored as E.164; null clears it. */
  phoneNumber?: string | null | undefined
  hourlyCapacity?: number | undefined
  dailyCapacity?: number | undefined
  priority?: number | undefined
  paused?: boolean | undefined
  /** Why it is paused; only with `paused: true`. Without, a pause that is there keeps its reason. */
  pauseReason?: string | undefined
}

/**
 * Changes settings and writes the event of it, when something really changes; the instance is locked before events are
 * numbered, as every writer does. $1 the moment handed in, $2 name, $3 whether the phone number is given, $4 to $9 the phone
 * number, capacities, priority, paused, the reason of the pause: null keeps what is there. A reason ends with its pause.
 */
const updateStatement = statement(
  'update_instance',
  `with l as materialized (
  select i.nome, case when $3::bool then $4::text else i.numero_telefone end phone, coalesce($5::int, i.capacidade_hora) ch,
    coalesce($6::int, i.capacidade_dia) cd, coalesce($7::int, i.prioridade) prio, coalesce($8::bool, i.pausada) paused,
    case when not coalesce($8::bool, i.pausada) then null when i.pausada then coalesce($9::text, i.pausa_motivo) else $9::text end why,
    array_remove(array[
      case when $3::bool and i.numero_telefone is distinct from $4::text then 'phoneNumber' end,
      case when i.capacidade_hora is distinct from coalesce($5::int, i.capacidade_hora) then 'hourlyCapacity' end,
      case when i.capacidade_dia is distinct from coalesce($6::int, i.capacidade_dia) then 'dailyCapacity' end,
      case when i.prioridade is distinct from coalesce($7::int, i.prioridade) then 'priority' end,
      case when i.pausada is distinct from coalesce($8::bool, i.pausada) then 'paused' end,
      case when i.pausada and $8::bool and i.pausa_motivo is distinct from coalesce($9::text, i.pausa_motivo) then 'pauseReason' end], null) changed
  from public.whatsapp_instances i where i.nome = $2::text and i.removida_em is null for no key update of i),
u as (
  update public.whatsapp_instances w
  set numero_telefone = l.phone, capacidade_hora = l.ch, capacidade_dia = l.cd, prioridade = l.prio, pausada = l.paused,
    pausa_motivo = l.why
  from l where w.nome = l.nome and cardinality(l.changed) > 0
  returning w.nome, zapfleet.instance_facts(w) facts),
ev as (
  insert into zapfleet.events (id, type, instance_name, at, evidence, facts)
  select zapfleet.next_event_id(), 'settings', u.nome, coalesce($1::timestamptz, clock_timestamp()),
    jsonb_build_object('source', 'admin', 'changed', to_jsonb(l.changed)), u.facts
  from u join l using (nome) returning 1)
select l.changed from l where (select count(*) from ev) >= 0`,
)

/**
 * Changes the settings that are given. A lower limit holds from the next claim on.
 *
 * @throws FleetError NOT_FOUND; CONFLICT for the phone of another instance; INVALID_INPUT for a phone number that is none, and
 * for the reason of a pause without the pause
 */
export async function updateInstance(call: ProvisioningCall, input: UpdateInstanceInput): Promise<Instance> {
  const { name, hourlyCapacity, dailyCapacity, priority, paused, pauseReason } = input
  if (pauseReason !== undefined && paused !== true)
    throw new FleetError(
      'INVALID_INPUT',
      'pauseReason: expected it together with "paused": true, whose reason it is.',
    )
  const phoneNumber =
    typeof input.phoneNumber === 'string'
      ? givenPhone(input.phoneNumber, call.fleet.defaultCountry)
      : input.phoneNumber
  const values = [
    call.fleet.clock(),
    name,
    phoneNumber !== undefined,
    phoneNumber ?? null,
    hourlyCapacity ?? null,
    dailyCapacity ?? null,
    priority ?? null,
    paused ?? null,
    pauseReason ?? null,
  ]
  const update = () => call.fleet.sql.run<{ changed: string[] }>(updateStatement, values)
  const [row] = await (typeof phoneNumber === 'string'
    ? withFreePhone(call, name, phoneNumber, update)
    : update())
  if (!row) throw unknownInstance(name)
  await call.fleet.engine.snapshot.refreshNames([name])
  if (row.changed.includes('phoneNumber')) await checkPhones(call, [name])
  if (row.changed.length > 0)
    call.log.info({ instance: name, changed: row.changed }, 'instance settings changed')
  return getInstance(call.fleet, { name })
}
