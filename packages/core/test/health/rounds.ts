import { emptyTables, type Sql } from '../support/fleet.ts'

/** Every instance's status and its reason, by name. */
export async function statuses(sql: Sql): Promise<Record<string, string>> {
  const rows = (await sql('select nome, status, status_motivo from whatsapp_instances')) as unknown as {
    nome: string
    status: string
    status_motivo: string | null
  }[]
  return Object.fromEntries(rows.map((row) => [row.nome, `${row.status} ${row.status_motivo}`]))
}

/** Every event in its order: type, instance, from and to, joined by spaces. */
export async function eventsOf(sql: Sql, type: string | null = null): Promise<string[]> {
  const rows = (await sql(
    `select concat_ws(' ', type, instance_name, from_status, to_status) line from zapfleet.events
     where $1::text is null or type = $1 order by id`,
    [type],
  )) as unknown as { line: string }[]
  return rows.map((row) => row.line)
}

/** Changes with every write of any instance: two equal answers mean that none was written between them. */
export async function writesOf(sql: Sql): Promise<unknown> {
  return sql(`select md5(string_agg(nome || xmin::text, ',' order by nome)) from whatsapp_instances`)
}

/** Deletes all state of earlier rounds. */
export async function clearRounds(sql: Sql): Promise<void> {
  await emptyTables(
    sql,
    'whatsapp_instances, clientes, zapfleet.contacts, zapfleet.reservations, zapfleet.events, zapfleet.server_rounds',
  )
}
