import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import type { Act, ActEnd } from './audit-entry.ts'

const beginStatement = statement(
  'begin_act',
  `insert into zapfleet.audit (at, request_id, key_id, key_label, address, act, target, before)
values (coalesce($1::timestamptz, clock_timestamp()), $2, $3, $4, $5, $6, $7, $8::jsonb) returning id::text`,
)

const endStatement = statement(
  'end_act',
  `update zapfleet.audit set outcome = $2, target = coalesce($3, target), after = $4::jsonb, took_ms = $5 where id = $1::bigint`,
)

/**
 * Writes down that an act begins. What cannot be written down must not be done: nothing happens without a row.
 *
 * @returns the id for `endAct`
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function beginAct(fleet: Pick<Ground, 'sql' | 'clock'>, act: Act): Promise<string> {
  const { requestId, key, address, target, before } = act
  const [row] = await fleet.sql.run<{ id: string }>(beginStatement, [
    fleet.clock(),
    requestId,
    key.id,
    key.label,
    address,
    act.act,
    target,
    before === null ? null : JSON.stringify(before),
  ])
  if (!row) throw new Error('an act was written down and has no id')
  return row.id
}

/** Records how an act ended. @throws FleetError DATABASE_UNAVAILABLE: the row then has no end */
export async function endAct(fleet: Pick<Ground, 'sql'>, id: string, end: ActEnd): Promise<void> {
  const { outcome, target = null, after, tookMs } = end
  const stored = after === null ? null : JSON.stringify(after)
  await fleet.sql.run(endStatement, [id, outcome, target, stored, Math.round(tookMs)])
}
