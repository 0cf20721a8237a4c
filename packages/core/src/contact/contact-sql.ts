import type { ClientIds } from '../ground/client-ids.ts'

/**
 * What is stored of a contact, in SQL: an array of its state and its number in the side table, null without a row. With
 * `offset 0` around it, it is read once.
 */
export const sideRow = (contact: string): string =>
  `(select array[s.state, s.preferred_instance] from zapfleet.contacts s where s.id = ${contact})`

/**
 * The number of a contact in its rows of `clientes`, in SQL. `client`: its id there; `forms`: all of its ids there as the text of
 * an array, null where it has one. `forms` is null where every contact has one.
 */
export function clientsNumber(
  { kind, sqlType, table }: ClientIds,
  client: string,
  forms: string | null,
): string {
  const number = (condition: string): string =>
    `(select min(nullif(c.instancia_preferida, '')) from ${table} c where c.id ${condition})`
  const one = number(`= ${client}`)
  if (forms === null || !hasForms(kind)) return one
  return `case when ${forms} is null then ${one} else ${number(`= any(${forms}::${sqlType}[])`)} end`
}

/** The ids of a contact in `clientes` as an array of its type, in SQL; null when it can have none. Parameters as above. */
export function clientsArray({ kind, sqlType }: ClientIds, client: string, forms: string | null): string {
  const one = `case when ${client} is not null then array[${client}] end`
  if (forms === null || !hasForms(kind)) return one
  return `case when ${forms} is not null then ${forms}::${sqlType}[] else ${one} end`
}

/**
 * Whether all rows of a contact in `clientes` are locked, in SQL. `row` has its `client` and its ids as `forms` has them, see
 * `clientsNumber`; `l`, from a left join, the `contact` and the count `rows` of the locked ones.
 *
 * @param isAlways of which contacts no row has to be locked
 */
export function isFreeSql(
  { kind, sqlType, table }: ClientIds,
  row: string,
  forms: string | null,
  isAlways: string,
): string {
  const stored = (condition: string): string =>
    kind === 'none' ? '0' : `(select count(*) from ${table} c where c.id ${condition})`
  const ofForms =
    forms === null || !hasForms(kind)
      ? ''
      : `when ${forms} is not null then coalesce(l.rows, 0) = ${stored(`= any(${forms}::${sqlType}[])`)}`
  return `case when ${isAlways} then true ${ofForms} else l.contact is not null or ${stored(`= ${row}.client`)} = 0 end`
}

/** Whether a contact may be in `clientes` under several ids. A uuid is written in one form. */
export const hasForms = (kind: ClientIds['kind']): boolean => kind === 'text' || kind === 'bigint'

/**
 * The state of a contact of which only the keyed hash of a block is left, in SQL; else null. `contact` may be null. Costs next to nothing
 * while no contact is blocked: a null condition would not spare the function.
 */
export const hashedState = (contact: string): string =>
  `case when coalesce((select true from zapfleet.blocks limit 1), false) and zapfleet.is_blocked(${contact}) then 'blocked' end`

/** The state of a contact that is not cached, in SQL: that of its row, else that of its hash. `side` is its sideRow. */
export const presentState = (contact: string, side: string): string =>
  `coalesce(${side}[1], ${hashedState(contact)})`

/** The ids of `clientes` as the text of an array, as `forms` above. Ids of phones need no quotes; others get them. */
export function formsText(clients: readonly string[] | null): string | null {
  if (clients === null) return null
  return `{${clients.map((id) => `"${id.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`
}
