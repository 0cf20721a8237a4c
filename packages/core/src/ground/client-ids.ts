/**
 * How `clientes.id` is compared. The column is uuid in production and text in a fresh database; a contact whose id cannot be
 * one of that type is not in `clientes` and is stored in `zapfleet.contacts`.
 */
export type ClientIds = {
  /** `none`: the column has a type by which contacts cannot be looked up, so every contact is in `zapfleet.contacts`. */
  readonly kind: 'uuid' | 'text' | 'bigint' | 'none'
  /** The SQL type of parameters that hold such ids. */
  readonly sqlType: 'uuid' | 'text' | 'bigint'
  /** The table of clients in SQL; for `none` an empty one with the columns `id` and `instancia_preferida`. */
  readonly table: string
  /** The id as the column would hold it, or null when it cannot be one. */
  fit(contactId: string): string | null
  /** One spelling for each contact: a uuid in capitals is the same contact. */
  canonical(contactId: string): string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const WHOLE = /^(0|-?[1-9]\d{0,18})$/
const BIGINT_MAX = 2n ** 63n - 1n
const TABLE = 'public.clientes'

const kinds: Record<ClientIds['kind'], ClientIds> = {
  uuid: {
    kind: 'uuid',
    sqlType: 'uuid',
    table: TABLE,
    fit: (id) => (UUID.test(id) ? id.toLowerCase() : null),
    canonical: (id) => (UUID.test(id) ? id.toLowerCase() : id),
  },
  bigint: {
    kind: 'bigint',
    sqlType: 'bigint',
    table: TABLE,
    fit: (id) => (WHOLE.test(id) && BigInt(id) <= BIGINT_MAX && BigInt(id) >= -BIGINT_MAX ? id : null),
    canonical: (id) => id,
  },
  text: { kind: 'text', sqlType: 'text', table: TABLE, fit: (id) => id, canonical: (id) => id },
  none: {
    kind: 'none',
    sqlType: 'text',
    table: '(select null::text id, null::text instancia_preferida where false)',
    fit: () => null,
    canonical: (id) => id,
  },
}

/** Chooses by the type that PostgreSQL gives for the column. */
export function clientIds(columnType: string): ClientIds {
  if (columnType === 'uuid') return kinds.uuid
  if (['smallint', 'integer', 'bigint'].includes(columnType)) return kinds.bigint
  if (['text', 'character varying'].includes(columnType)) return kinds.text
  return kinds.none
}
