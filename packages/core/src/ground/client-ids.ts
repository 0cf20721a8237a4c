/**
 * How `clientes.id` is compared. The column is uuid in production and text in a fresh database; a contact whose id cannot
 * be one of that type is not in `clientes` and lives in our side table.
 */
export type ClientIds = {
  /** The SQL type of the column, for casts of parameters. */
  readonly sqlType: 'uuid' | 'text' | 'bigint'
  /** The id as the column would hold it, or null when it cannot be one. */
  fit(contactId: string): string | null
  /** One spelling for each contact: a uuid in capitals is the same person. */
  canonical(contactId: string): string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const WHOLE = /^(0|-?[1-9]\d{0,18})$/
const BIGINT_MAX = 2n ** 63n - 1n

const kinds: Record<ClientIds['sqlType'], ClientIds> = {
  uuid: {
    sqlType: 'uuid',
    fit: (id) => (UUID.test(id) ? id.toLowerCase() : null),
    canonical: (id) => (UUID.test(id) ? id.toLowerCase() : id),
  },
  bigint: {
    sqlType: 'bigint',
    fit: (id) => (WHOLE.test(id) && BigInt(id) <= BIGINT_MAX && BigInt(id) >= -BIGINT_MAX ? id : null),
    canonical: (id) => id,
  },
  text: { sqlType: 'text', fit: (id) => id, canonical: (id) => id },
}

/** Chooses by the type that PostgreSQL gives for the column; null when contacts can only live in the side table. */
export function clientIds(columnType: string): ClientIds | null {
  if (columnType === 'uuid') return kinds.uuid
  if (['smallint', 'integer', 'bigint'].includes(columnType)) return kinds.bigint
  if (['text', 'character varying'].includes(columnType)) return kinds.text
  return null
}
