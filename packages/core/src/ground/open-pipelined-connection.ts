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

/** Connects at first use, and again after the connection broke; each statement that was in the pipeline then fails. */
export function openPipelinedConnection(config: pg.ClientConfig, log: Log): PipelinedConnection {
  let current: Promise<pg.Client> | null = null
  let pid: number | null = null

  const connect = (): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, pipeline: true } as pg.ClientConfig)
    const opening = client.connect().then(() => {
      pid = (client as pg.Client & { processID: number }).processID
      return client
    })
    const drop = (error?: Error): void => {
      if (error) log.debug({ error: error.message }, 'the connection for claims broke')
      if (current === opening) current = null
    }
    client.on('error', drop).on('end', () => drop())
    opening.catch(drop)
    return opening
  }

  return {
    async run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[], isEarly: boolean) {
      try {
        current ??= connect()
        const client = await current
        const claim = query<Row>(client, {
          ...statement,
          values: withArrayTexts([...values, isEarly ? 'off' : null]),
        })
        const [{ rows }] = await Promise.all([claim, isEarly ? flush(client) : null])
        return rows
      } catch (error) {
        throw toFleetError(error)
      }
    },
    pid: () => pid,
    async close() {
      const client = await current?.catch(() => null)
      await client?.end()
    },
  }
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
