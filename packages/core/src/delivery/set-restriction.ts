import { z } from 'zod'
import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { instantInput } from '../ground/text.ts'
import { getInstance, unknownInstance } from '../instance/get-instance.ts'
import type { Instance } from '../instance/instance.ts'
import { instanceName } from '../instance/instance-name.ts'
import type { DeliveryCall } from './delivery-fleet.ts'

/** `instance.setRestriction`: one of `until` and `restricted: false`. */
export const setRestrictionInput = z
  .strictObject({
    name: instanceName.describe('Name of the instance.'),
    until: instantInput
      .transform((at) => at.toISOString())
      .nullable()
      .optional()
      .describe('WhatsApp restricts the number until then, ISO 8601; null: it names no end.'),
    restricted: z.literal(false).optional().describe('false: WhatsApp restricts it no more.'),
  })
  .refine(({ until, restricted }) => (until === undefined) !== (restricted === undefined), {
    message: 'expected either until (an instant, or null where WhatsApp names no end) or "restricted": false',
  })

export type SetRestrictionInput = z.output<typeof setRestrictionInput>

/**
 * $2 name, $3 whether it is restricted, $4 until. Without a restriction `restrita_ate` holds its end: failures before it count no
 * more. The event is written where the restriction changes.
 */
const setStatement: Statement = statement(
  'set_restriction',
  `with ${INSTANT},
locked as materialized (
  select i.nome, (i.restrita_desde is not null and coalesce(i.restrita_ate > moment.at, true)) was, i.restrita_desde, i.restrita_ate, i.restrita_fonte
  from public.whatsapp_instances i, moment where i.nome = $2::text and i.removida_em is null for no key update of i),
updated as (
  update public.whatsapp_instances w set
    restrita_desde = case when not $3::bool then null when locked.was then locked.restrita_desde else moment.at end,
    restrita_ate = case when $3::bool then $4::timestamptz else moment.at end,
    restrita_fonte = case when $3::bool then 'operator' end
  from locked, moment
  where w.nome = locked.nome and ($4::timestamptz is null or $4::timestamptz > moment.at)
    and case when $3::bool then not locked.was or locked.restrita_fonte is distinct from 'operator' or locked.restrita_ate is distinct from $4::timestamptz
      else locked.restrita_desde is not null end
  returning w.nome, w.status, zapfleet.instance_facts(w) facts),
inserted as (
  insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, evidence, facts)
  select zapfleet.next_event_id(), 'status', u.nome, moment.at, u.status, u.status, case when $3::bool then 'RESTRICTED' else 'UNRESTRICTED' end,
    jsonb_strip_nulls(jsonb_build_object('source', 'admin', 'until', case when $3::bool then to_char($4::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end)), u.facts
  from updated u, moment
  returning 1)
select (select count(*)::int from updated) changed, $4::timestamptz <= moment.at is_past from locked, moment where (select count(*) from inserted) >= 0`,
)

/**
 * Stores that WhatsApp restricts a number to people who know it, as the operator sees it in the phone, or that it does so no more. It
 * holds from the next claim on.
 *
 * @throws FleetError NOT_FOUND; INVALID_INPUT for an end in the past; DATABASE_UNAVAILABLE
 */
export async function setRestriction(call: DeliveryCall, input: SetRestrictionInput): Promise<Instance> {
  const { name, until = null, restricted } = input
  const isRestricted = restricted === undefined
  const { fleet } = call
  const [row] = await fleet.sql.run<{ changed: number; is_past: boolean | null }>(setStatement, [
    fleet.clock(),
    name,
    isRestricted,
    until,
  ])
  if (!row) throw unknownInstance(name)
  if (row.is_past === true)
    throw new FleetError('INVALID_INPUT', `until: expected an instant in the future, got ${until}.`)
  await fleet.engine.snapshot.refreshNames([name])
  if (row.changed > 0)
    call.log.info({ instance: name, isRestricted, until }, 'an operator set the restriction of this instance')
  return getInstance(fleet, { name })
}
