import pg from 'pg'
import { toFleetError } from './database-error.ts'
import { flushStatement } from './flush.ts'
import type { Log } from './log.ts'
import type { Statement } from './statement.ts'

/** One connection in pipeline mode: each statement is sent without waiting for the result of the one before. */
export type PipelinedConnection = {
  /**
   * @param isEarly the commit does not wait for the disk, so locks are free at once. A flush follows it in the pipeline, and the rows
   * are returned after both
   * @throws DatabaseError; with code 08007 where the statement may be committed and the flush failed
   */
  run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[], isEarly: boolean): Promise<Row[]>
  /** The process of the server; null while there is no connection. */
  pid(): number | null
  close(): Promise<void>
}

/** `isAsync`: commits of the session do not wait for the disk. `switched`: the last change of that. */
type Open = { readonly client: pg.Client; isAsync: boolean; switched: Promise<unknown> | null }

/** Connects at first use, and again after the connection broke; each statement that was in the pipeline then fails. */
export function openPipelinedConnection(config: pg.ClientConfig, log: Log): PipelinedConnection {
  let current: Promise<Open> | null = null
  let pid: number | null = null

  const connect = (): Promise<Open> => {
    const client = new pg.Client({ ...config, pipeline: true } as pg.ClientConfig)
    const opening = client.connect().then((): Open => {
      pid = (client as pg.Client & { processID: number }).processID
      return { client, isAsync: false, switched: null }
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
        const open = await current
        switchTo(open, isEarly)
        const result = open.client.query<Row>({ ...statement, values })
        const flushed = isEarly ? orUnknown(open, open.client.query(flushStatement)) : null
        return (await Promise.all([result, flushed, open.switched]))[0].rows
      } catch (error) {
        throw toFleetError(error)
      }
    },
    pid: () => pid,
    async close() {
      const open = await current?.catch(() => null)
      await open?.client.end()
    },
  }
}

/** Sets how commits of the session are made, where that changes. The statements behind it in the pipeline find it done. */
function switchTo(open: Open, isAsync: boolean): void {
  if (open.isAsync === isAsync) return
  open.isAsync = isAsync
  const text = isAsync ? 'set synchronous_commit = off' : 'reset synchronous_commit'
  open.switched = orUnknown(open, open.client.query(text))
}

/** Fails as a broken connection where `sent` fails: it is then unknown whether the statements around it are on the disk. */
async function orUnknown({ client }: Open, sent: Promise<unknown>): Promise<void> {
  try {
    await sent
  } catch (cause) {
    client.end().catch(() => {})
    throw Object.assign(new Error('a commit could not be flushed', { cause }), { code: '08007' })
  }
}
