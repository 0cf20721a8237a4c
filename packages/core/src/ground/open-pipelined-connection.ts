import pg from 'pg'
import { toFleetError } from './database-error.ts'
import type { Log } from './log.ts'
import type { Statement } from './statement.ts'

/** One connection in pipeline mode: each statement is sent without waiting for the result of the one before. */
export type PipelinedConnection = {
  /** @throws DatabaseError */
  run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/** Connects at first use, and again after the connection broke; each statement that was in the pipeline then fails. */
export function openPipelinedConnection(config: pg.ClientConfig, log: Log): PipelinedConnection {
  let current: Promise<pg.Client> | null = null

  const connect = (): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, pipeline: true } as pg.ClientConfig)
    const opening = client.connect().then(() => client)
    const drop = (error?: Error): void => {
      if (error) log.debug({ error: error.message }, 'the connection for claims broke')
      if (current === opening) current = null
    }
    client.on('error', drop).on('end', () => drop())
    opening.catch(drop)
    return opening
  }

  return {
    async run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
      try {
        current ??= connect()
        const client = await current
        return (await client.query<Row>({ ...statement, values })).rows
      } catch (error) {
        throw toFleetError(error)
      }
    },
    async close() {
      const client = await current?.catch(() => null)
      await client?.end()
    },
  }
}
