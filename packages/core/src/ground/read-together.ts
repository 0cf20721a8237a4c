import type { QueryResultRow } from 'pg'
import { type Statement, statement } from './statement.ts'

/** Parts that read at the same time do so within some milliseconds of each other. */
const TOGETHER_MS = 20

/** What JSON holds. An instant is a number of milliseconds or a text. */
type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/**
 * Runs a statement that only reads, and that has each parameter of `values`, on the registry pool: one statement with all that are called within
 * 20 ms. The rows are JSON.
 *
 * @throws DatabaseError
 */
export type ReadTogether = <Row extends Readonly<Record<string, JsonValue>>>(
  statement: Statement,
  values: readonly unknown[],
) => Promise<Row[]>

type Read = {
  statement: Statement
  values: readonly unknown[]
  resolve: (rows: never[]) => void
  reject: (error: unknown) => void
}

/**
 * Where the joint statement fails, each of its reads is sent again, alone: the fault of one read fails no other.
 *
 * @param run runs one statement
 */
export function createReadTogether(
  run: <Row extends QueryResultRow>(statement: Statement, values: unknown[]) => Promise<Row[]>,
): ReadTogether {
  const joints = new Map<string, Statement>()
  let waiting: Read[] = []

  const send = async (reads: readonly Read[]): Promise<void> => {
    try {
      const key = reads.map((read) => read.statement.name).join()
      const joint = joints.get(key) ?? joinReads(reads)
      joints.set(key, joint)
      const [row] = await run<Record<string, never[]>>(
        joint,
        reads.flatMap((read) => read.values),
      )
      for (const [place, { resolve }] of reads.entries()) resolve(row?.[columnOf(place)] ?? [])
    } catch (error) {
      if (reads.length > 1) await Promise.all(reads.map((read) => send([read])))
      else for (const { reject } of reads) reject(error)
    }
  }
  const sendAll = (): void => {
    // In one order, so that the same reads are the same statement.
    const reads = waiting.sort((one, other) => (one.statement.name < other.statement.name ? -1 : 1))
    waiting = []
    void send(reads)
  }

  return (one, values) =>
    new Promise((resolve, reject) => {
      waiting.push({ statement: one, values, resolve, reject })
      if (waiting.length === 1) setTimeout(sendAll, TOGETHER_MS)
    })
}

const columnOf = (place: number): string => `read_${place}`

/** One statement whose row has the rows of each read as one column of JSON. */
function joinReads(reads: readonly Read[]): Statement {
  let before = 0
  const columns = reads.map(({ statement: { text }, values }, place) => {
    const first = before
    before += values.length
    const numbered = text.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + first}`)
    return `(select coalesce(json_agg(joint_row), '[]') from (${numbered}) joint_row) ${columnOf(place)}`
  })
  return statement('together', `select ${columns.join(',\n')}`)
}
