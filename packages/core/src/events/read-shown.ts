import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { COLUMNS } from '../instance/columns.ts'
import { MANAGED } from '../instance/counters-sql.ts'
import { namesInPools } from '../instance/read-in-pools.ts'

const TAGS = COLUMNS.tags.column

/** Instances in one of the pools $1 right after event $2. Without an event up to then, as they are now. */
const shownStatement = statement(
  'shown_instances',
  `select i.nome from public.whatsapp_instances i
left join lateral (
  select e.type, e.facts from zapfleet.events e where e.instance_name = i.nome and e.id <= $2::bigint order by e.id desc limit 1) b on true
where i.nome is not null and case when b.type is null then ${MANAGED} and i.${TAGS} && $1::text[]
  else b.type <> 'deleted' and coalesce(b.facts -> '${TAGS}', to_jsonb(i.${TAGS})) ?| $1::text[] end`,
)

/**
 * The names of the instances that a subscriber of these pools has: after this event, or now where it resumes after none.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readShown(
  ground: Ground,
  pools: readonly string[],
  since: bigint | null,
): Promise<Iterable<string>> {
  if (since === null) return namesInPools(ground, pools)
  const rows = await ground.sql.run<{ nome: string }>(shownStatement, [pools, since])
  return rows.map(({ nome }) => nome)
}
