import type { Call } from '../ground/call.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import { statement } from '../ground/statement.ts'
import type { ContactFormsFleet } from './contact-fleet.ts'

/** Processes of an older release write rows under other forms while a release is rolled out; after that only a restored dump has any. */
const MERGE_EVERY_MS = 24 * 3_600_000
/** Rows that one statement reads and merges: it holds their locks for some tens of milliseconds. */
const PAGE_ROWS = 500
/** Of clientes all ids are read, nearly all of them in vain. */
const CLIENT_ROWS = 5_000

const removesStatement = statement('are_contact_forms_removed', 'select zapfleet.are_forms_removed() removes')

/** $1 the country, $2 whether the rows of forms are removed, $3 the row after which the page begins, $4 its rows. */
const readStatements = {
  contacts: statement(
    'forms_of_contacts',
    'select last, keys, forms from zapfleet.forms_of_contacts($1, $2, $3::text[], $4)',
  ),
  conversations: statement(
    'forms_of_conversations',
    'select last, keys, forms from zapfleet.forms_of_conversations($1, $2, $3::text[], $4)',
  ),
  clients: statement(
    'forms_of_clients',
    'select last, keys, forms from zapfleet.forms_of_clients($1, $3::text[], $4) where $2::bool is not null',
  ),
}

/** `last`: where the next page begins, null at the end; `keys` and `forms`: what must be merged, item by item, null for nothing. */
type Page = { last: string[] | null; keys: string[] | null; forms: string[] | null }

const mergeStatement = statement(
  'merge_contacts',
  'select zapfleet.merge_contacts($1::text[], $2::text[], $3) written',
)

/**
 * Merges the rows of contacts that are stored under other ids than their keys, see the functions of the database. A contact of which
 * another transaction has locked a row waits for the next run. Two runs at once do no harm. Stops between two transactions when
 * `signal` aborts.
 *
 * @returns how many rows were written
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function mergeContactForms(
  { sql, defaultCountry }: ContactFormsFleet,
  { signal, pageRows }: { signal?: AbortSignal; pageRows?: number } = {},
): Promise<{ changed: number }> {
  const [row] = await sql.run<{ removes: boolean }>(removesStatement, [])
  const removes = row?.removes ?? false
  let changed = 0
  for (const source of ['contacts', 'conversations', 'clients'] as const) {
    const rows = pageRows ?? (source === 'clients' ? CLIENT_ROWS : PAGE_ROWS)
    let after: string[] | null = null
    do {
      const values: unknown[] = [defaultCountry, removes, after, rows]
      const [page]: (Page | undefined)[] = await sql.run<Page>(readStatements[source], values)
      const { keys, forms } = page ?? {}
      if (keys && forms) {
        const [merged] = await repeatUndone(() =>
          sql.run<{ written: number }>(mergeStatement, [keys, forms, removes]),
        )
        changed += merged?.written ?? 0
      }
      after = page?.last ?? null
    } while (after !== null && !signal?.aborted)
  }
  return { changed }
}

/** What the leading scheduler does until `signal` aborts: merges at once, and then once a day. Never rejects. */
export function watchContactForms(
  { fleet, log }: Call<ContactFormsFleet>,
  signal: AbortSignal,
): Promise<void> {
  const failed = 'the rows of contacts that are stored under several ids could not be merged'
  return repeatUntil(signal, { everyMs: MERGE_EVERY_MS, failed, log }, () =>
    mergeContactForms(fleet, { signal }),
  )
}
