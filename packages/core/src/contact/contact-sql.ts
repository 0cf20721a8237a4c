import type { ClientIds } from '../ground/client-ids.ts'

/**
 * What is stored of a contact, in SQL: an array of its state and its number in the side table, null without a row. With
 * `offset 0` around it, it is read once.
 */
export const sideRow = (contact: string): string =>
  `(select array[s.state, s.preferred_instance] from zapfleet.contacts s where s.id = ${contact})`

/**
 * The number of a contact in its rows of `clientes`, in SQL. `client`: its id there; `forms`: all of its ids there as the text of
 * an array, or null where it has one.
 */
export function clientsNumber({ kind, sqlType, table }: ClientIds, client: string, forms: string): string {
  const number = (condition: string): string =>
    `(select min(nullif(c.instancia_preferida, '')) from ${table} c where c.id ${condition})`
  const one = number(`= ${client}`)
  return hasForms(kind)
    ? `case when ${forms} is null then ${one} else ${number(`= any(${forms}::${sqlType}[])`)} end`
    : one
}

/** The ids of a contact in `clientes` as an array of its type, in SQL; null when it can have none. */
export function clientsArray({ kind, sqlType }: ClientIds, client: string, forms: string): string {
  const one = `case when ${client} is not null then array[${client}] end`
  return hasForms(kind) ? `case when ${forms} is not null then ${forms}::${sqlType}[] else ${one} end` : one
}

/** Whether a contact may be in `clientes` under several ids. A uuid is written in one form. */
export const hasForms = (kind: ClientIds['kind']): boolean => kind === 'text' || kind === 'bigint'

/**
 * The state of a contact that is not cached, in SQL: that of its row, else `blocked` where only the keyed hash is left of it. `side` is
 * its sideRow.
 */
export const presentState = (contact: string, side: string): string =>
  `coalesce(${side}[1], case when (select true from zapfleet.blocks limit 1) and zapfleet.is_blocked(${contact}) then 'blocked' end)`

/** The ids of `clientes` as the text of an array, as `forms` above. Ids of phones need no quotes; others get them. */
export function formsText(clients: readonly string[] | null): string | null {
  if (clients === null) return null
  return `{${clients.map((id) => `"${id.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`
}
