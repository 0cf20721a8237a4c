import pg from 'pg'
import type { Log } from './log.ts'
import type { Statement } from './statement.ts'

/** One connection on which statements stand in line: each is sent without waiting for the answer of the one before. */
export type Line = {
  run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/** Connects at first use, and anew after the connection broke; statements that were in line then fail, each by itself. */
export function openLine(config: pg.ClientConfig, log: Log): Line {
  let line: Promise<pg.Client> | null = null

  const connect = (): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, pipeline: true } as pg.ClientConfig)
    const opening = client.connect().then(() => client)
    const leave = (error?: Error): void => {
      if (error) log.debug({ error: error.message }, 'the connection for claims broke')
      if (line === opening) line = null
    }
    client.on('error', leave).on('end', () => leave())
    opening.catch(leave)
    return opening
  }

  return {
    async run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
      line ??= connect()
      const client = await line
      return (await client.query<Row>({ ...statement, values })).rows
    },
    async close() {
      const client = await line?.catch(() => null)
      await client?.end()
    },
  }
}
