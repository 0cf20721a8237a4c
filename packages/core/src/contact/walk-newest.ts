/** Reservations of one slice of the reading, and how many are read at most. */
const SLICE_ROWS = 5_000
const MOST_ROWS = 500_000
/** After every id. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** What a slice has of the newest reservations before an id: how many there are, the oldest id, and what was looked for. */
export type NewestSlice = { read: number; oldest: string | null }

/**
 * Reads reservations from the newest on in slices of the primary key, half a million at most: no index by contact exists, since it would
 * cost every reserve. The caller may stop after any slice.
 *
 * @param readSlice reads the newest `rows` reservations before the id `before`
 */
export async function* walkNewest<Slice extends NewestSlice>(
  readSlice: (before: string, rows: number) => Promise<Slice | undefined>,
): AsyncGenerator<Slice> {
  let before = LAST_ID
  for (let rows = 0; rows < MOST_ROWS; rows += SLICE_ROWS) {
    const slice = await readSlice(before, SLICE_ROWS)
    if (!slice) return
    yield slice
    if (slice.oldest === null || slice.read < SLICE_ROWS) return
    before = slice.oldest
  }
}
