import type pg from 'pg'

/** One row as a transaction wrote it; every value as text, null for NULL. */
export type RowChange = {
  table: string
  kind: 'INSERT' | 'UPDATE' | 'DELETE'
  row: Record<string, string | null>
}

/** The changes of one transaction. */
export type Transaction = { id: string; changes: RowChange[] }

const AT_A_TIME = 20_000
const CHANGE = /^table (\S+): (INSERT|UPDATE|DELETE): /
const COLUMN = /(\w+)\[([^\]]*)\]:('(?:[^']|'')*'|[^ ]+)/g

/**
 * Every transaction since the slot `history` was created or last read, in the order of the commits. The source is
 * PostgreSQL's write-ahead log, so nothing is missing and the tables are not queried.
 */
export async function readHistory(pool: pg.Pool): Promise<Transaction[]> {
  const transactions: Transaction[] = []
  for (;;) {
    const { rows } = await pool.query<{ xid: string; data: string }>(
      `select xid::text, data from pg_logical_slot_get_changes('history', null, ${AT_A_TIME}, 'include-xids', '0')`,
    )
    for (const { xid, data } of rows) {
      if (data.startsWith('BEGIN')) transactions.push({ id: xid, changes: [] })
      const change = readChange(data)
      if (change) transactions.at(-1)?.changes.push(change)
    }
    // Each call decodes the log from its last checkpoint on: another one would only follow the writers.
    if (rows.length < AT_A_TIME) return transactions
  }
}

/** Reads one line of test_decoding: `table zapfleet.contacts: INSERT: id[text]:'ana' preferred_instance[…]:null`. */
function readChange(line: string): RowChange | null {
  const head = CHANGE.exec(line)
  if (!head) return null
  const row: RowChange['row'] = {}
  for (const [, name, , value] of line.slice(head[0].length).matchAll(COLUMN)) {
    if (value === undefined || name === undefined) continue
    row[name] =
      value === 'null' ? null : value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value
  }
  return { table: head[1] as string, kind: head[2] as RowChange['kind'], row }
}
