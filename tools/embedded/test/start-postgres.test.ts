import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { FolderInUseError } from '@zapfleet/holder'
import { newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'
import { startPostgres, startTemporaryPostgres } from '../src/index.ts'
import { sql } from './programs.ts'

test('a second start finds what the first one stored, in a path with spaces', async () => {
  const dataDir = join(newFolder(), 'my data')
  const first = await startPostgres({ dataDir })
  await sql(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.stop()

  const second = await startPostgres({ dataDir })
  try {
    expect(await sql(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    expect(second.port).toBe(first.port)
  } finally {
    await second.stop()
  }
})

test('a folder that is started cannot be started again until it is stopped', async () => {
  const dataDir = newFolder()
  const postgres = await startPostgres({ dataDir })
  await expect(startPostgres({ dataDir })).rejects.toThrow(FolderInUseError)
  await postgres.stop()
  await postgres.stop()
  await expect(sql(postgres.url, 'SELECT 1')).rejects.toThrow()
  const again = await startPostgres({ dataDir })
  await again.stop()
})

test('two first starts at once make one database: one starts it, the other gets the pid of the holder', async () => {
  const dataDir = newFolder()
  const [one, other] = await Promise.allSettled([startPostgres({ dataDir }), startPostgres({ dataDir })])
  expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected'])
  for (const start of [one, other]) {
    if (start.status === 'fulfilled') await start.value.stop()
    else expect(start.reason.message).toContain(`process ${process.pid}`)
  }
})

test('listens on 127.0.0.1 only, requires the password, and stores Unicode', async () => {
  const dataDir = newFolder()
  const postgres = await startPostgres({ dataDir, settings: { work_mem: '5MB' } })
  try {
    const [settings] = await sql(
      postgres.url,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('max_connections')::int AS connections, current_setting('work_mem') AS work_mem,
              upper('coração') AS word, getdatabaseencoding() AS encoding`,
    )
    expect(settings).toEqual({
      addresses: '127.0.0.1',
      sockets: '',
      connections: 200,
      work_mem: '5MB',
      word: 'CORAÇÃO',
      encoding: 'UTF8',
    })
    const stranger = new URL(postgres.url)
    stranger.password = 'guess'
    await expect(sql(stranger.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    const password = await stat(join(dataDir, 'cluster', 'zapfleet.password'))
    expect(password.mode & 0o777).toBe(0o600)
  } finally {
    await postgres.stop()
  }
})

test('reports that the requested port is taken, and leaves the folder free', async () => {
  const taken = createServer()
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
  })
  const dataDir = newFolder()
  try {
    await expect(startPostgres({ dataDir, port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
  } finally {
    taken.close()
  }
  const postgres = await startPostgres({ dataDir, port })
  expect(postgres.port).toBe(port)
  await postgres.stop()
})

test('a server that cannot start is reported with its own message', async () => {
  const dataDir = newFolder()
  await expect(startPostgres({ dataDir, settings: { max_connections: 'many' } })).rejects.toThrow(
    /max_connections/,
  )
})

test('the folder of a temporary server is removed with it', async () => {
  const postgres = await startTemporaryPostgres({ settings: { fsync: 'off' } })
  expect(await sql(postgres.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }])
  expect(await stat(postgres.logFile)).toBeTruthy()
  await postgres.stop()
  await expect(stat(postgres.logFile)).rejects.toThrow(/ENOENT/)
})
