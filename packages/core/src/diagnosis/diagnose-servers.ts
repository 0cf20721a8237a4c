import type pg from 'pg'
import type { Sealer } from '../ground/seal.ts'
import { MANAGED, SERVER } from '../instance/counters-sql.ts'
import { purposeOf } from '../server/servers.ts'
import { queryReadOnly } from './diagnose-connection.ts'

/** An instance on a server, both by name. */
type InstanceThere = { name: string; server: string }

/** What a migrated database holds of the Evolution servers. */
export type ServersDiagnosis = {
  /** All but the default one, by name. Never show a key. */
  added: { name: string; url: string; sealedKey: string }[]
  /** Instances that are deleted here and that their server still has to delete. */
  removals: InstanceThere[]
  /** Instances that a server has because of a move, and does not serve. */
  moves: InstanceThere[]
}

/** Reads what a migrated database holds of the Evolution servers; changes nothing. */
export async function diagnoseServers(client: pg.Client): Promise<ServersDiagnosis> {
  const [row] = await queryReadOnly<ServersDiagnosis>(
    client,
    `select
  (select coalesce(json_agg(json_build_object('name', s.name, 'url', s.url, 'sealedKey', s.sealed_key) order by s.name), '[]') from zapfleet.servers s) added,
  (select coalesce(json_agg(json_build_object('name', r.instance_name, 'server', ${SERVER}) order by r.instance_name), '[]')
    from zapfleet.removals r left join public.whatsapp_instances i on i.nome = r.instance_name) removals,
  (select coalesce(json_agg(json_build_object('name', m.name, 'server', m.server)), '[]') from (
    select l.instance_name, l.server from zapfleet.leftovers l
    union select i.nome, i.mudando_para from public.whatsapp_instances i where ${MANAGED} and i.mudando_para is not null) m(name, server)) moves`,
  )
  return row ?? { added: [], removals: [], moves: [] }
}

/** The key of an added server; null: the sealer does not open it. */
export function openServerKey(
  sealer: Sealer | null,
  { name, sealedKey }: { name: string; sealedKey: string },
): string | null {
  try {
    return sealer?.open(sealedKey, purposeOf(name)) ?? null
  } catch {
    return null
  }
}
