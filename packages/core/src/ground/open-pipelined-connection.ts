import type { Socket } from 'node:net'
import pg from 'pg'
import { withArrayTexts } from './array-text.ts'
import { toFleetError } from './database-error.ts'
import { flushStatement } from './flush.ts'
import type { Log } from './log.ts'
import type { Statement } from './statement.ts'

/** One connection in pipeline mode: each statement is sent without waiting for the result of the one before. */
export type PipelinedConnection = {
  /**
   * Runs a statement whose last parameter is that of `commitsBy`; it is added to `values`.
   *
   * @param isEarly the commit does not wait for the disk, so locks are free at once. A flush follows it in the pipeline, and the rows
   * are returned after both
   * @throws DatabaseError; with code 08007 where the statement may be committed and the flush failed
   */
  run<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: unknown[],
    isEarly: boolean,
  ): Promise<Row[]>
  /** The process of the server; null while there is no connection. */
  pid(): number | null
  close(): Promise<void>
}

/** How often it is looked whether the server answers. */
const LOOK_EVERY_MS = 500

/** The connection of this moment. */
type Current = {
  opening: Promise<pg.Client>
  /** Statements without an answer. */
  open: number
  /** The last answer, or the first statement since all had theirs, by `performance.now()`. */
  sinceMs: number
}

/**
 * Connects at first use, and again after the connection broke; each statement that was in the pipeline then fails.
 *
 * @param config without `query_timeout`: a timer for each query keeps its result in memory until the next full garbage collection
 * @param answerWithinMs a connection that gives no answer for this time although statements wait is closed
 */
export function openPipelinedConnection(
  config: pg.ClientConfig,
  answerWithinMs: number,
  log: Log,
): PipelinedConnection {
  let current: Current | null = null
  let pid: number | null = null
  let watch: NodeJS.Timeout | undefined

  const connect = (): Current => {
    const client = new pg.Client({ ...config, pipeline: true } as pg.ClientConfig)
    const opening = client.connect().then(() => {
      pid = (client as pg.Client & { processID: number }).processID
      return client
    })
    const opened: Current = { opening, open: 0, sinceMs: performance.now() }
    const drop = (error?: Error): void => {
      if (error) log.debug({ error: error.message }, 'the connection for claims broke')
      if (current === opened) current = null
    }
    client.on('error', drop).on('end', () => drop())
    opening.catch(drop)
    return opened
  }

  const look = (): void => {
    if (current === null || current.open === 0) {
      clearInterval(watch)
      watch = undefined
    } else if (performance.now() - current.sinceMs > answerWithinMs) {
      log.debug({ answerWithinMs }, 'the connection for claims gave no answer in time')
      current.opening.then(destroy, () => {})
      current = null
    }
  }

  return {
    async run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[], isEarly: boolean) {
      current ??= connect()
      const own = current
      if (own.open++ === 0) own.sinceMs = performance.now()
      watch ??= setInterval(look, LOOK_EVERY_MS)
      try {
        const client = await own.opening
        const claim = query<Row>(client, {
          ...statement,
          values: withArrayTexts([...values, isEarly ? 'off' : null]),
        })
        const [{ rows }] = await Promise.all([claim, isEarly ? flush(client) : null])
        return rows
      } catch (error) {
        throw toFleetError(error)
      } finally {
        own.open--
        own.sinceMs = performance.now()
      }
    },
    pid: () => pid,
    async close() {
      clearInterval(watch)
      const client = await current?.opening.catch(() => null)
      await client?.end()
    },
  }
}

/** Breaks a connection at once: `end` would wait for the answers. */
function destroy(client: pg.Client): void {
  ;(client as pg.Client & { connection: { stream: Socket } }).connection.stream.destroy()
}

/**
 * One query by a callback. With the promises of pg, results of earlier queries stay until the next full garbage collection: V8's collection of young
 * objects finds each referred to by an older one.
 */
function query<Row extends pg.QueryResultRow>(
  client: pg.Client,
  config: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    client.query<Row>(config, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

/** Fails as a broken connection where the flush fails: it is then unknown whether the claim is on the disk. */
async function flush(client: pg.Client): Promise<void> {
  try {
    await query(client, flushStatement)
  } catch (cause) {
    client.end().catch(() => {})
    throw Object.assign(new Error('a claim could not be flushed', { cause }), { code: '08007' })
  }
}
