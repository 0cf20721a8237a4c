import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProcess } from '@zapfleet/holder'
import { newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'
import { startPostgres } from '../src/index.ts'
import { endsWithin, guardsOf, killHard, sql, startElsewhere } from './programs.ts'

const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0

test('a server whose starter is killed with -9 is stopped, and the next start keeps its data', async () => {
  const dataDir = newFolder()
  const other = await startElsewhere(dataDir)
  await sql(other.url, 'CREATE TABLE kept AS SELECT 1 AS n')
  await expect(startPostgres({ dataDir })).rejects.toThrow(`process ${other.process.pid}`)
  await killHard(other.process)
  expect(await endsWithin(other.pid, 5000)).toBe(true)
  const next = await startPostgres({ dataDir })
  expect(await sql(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
  await next.stop()
})

test.runIf(onLinux)(
  'a server that outlived its starter and its guard process is ended by the next start',
  async () => {
    const dataDir = newFolder()
    const other = await startElsewhere(dataDir)
    await sql(other.url, 'CREATE TABLE kept AS SELECT 1 AS n')
    const guards = guardsOf(other.pid)
    expect(guards).toHaveLength(1)
    for (const pid of guards) process.kill(pid, 'SIGKILL')
    await killHard(other.process)
    expect(readProcess(other.pid)).not.toBeNull()

    const next = await startPostgres({ dataDir })
    expect(next.pid).not.toBe(other.pid)
    expect(readProcess(other.pid)).toBeNull()
    expect(await sql(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await next.stop()
  },
)

test.runIf(onLinux)(
  'after a kill -9 of everything, the server included, the next start recovers',
  async () => {
    const dataDir = newFolder()
    const other = await startElsewhere(dataDir)
    await sql(other.url, 'CREATE TABLE kept AS SELECT 1 AS n')
    for (const pid of [...guardsOf(other.pid), other.pid]) process.kill(pid, 'SIGKILL')
    await killHard(other.process)

    const next = await startPostgres({ dataDir })
    expect(await sql(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await next.stop()
  },
)

test('a stale postmaster.pid with the pid of another program stops no process', async () => {
  const dataDir = newFolder()
  await (await startPostgres({ dataDir })).stop()
  await writeFile(
    join(dataDir, 'cluster', 'postmaster.pid'),
    `${process.ppid}\n${dataDir}/cluster\n1\n5432\n\n\n\nready\n`,
  )
  const parent = readProcess(process.ppid)
  const next = await startPostgres({ dataDir })
  await next.stop()
  expect(readProcess(process.ppid)).toEqual(parent)
})

test('a half-made data folder is made again', async () => {
  const dataDir = newFolder()
  await mkdir(join(dataDir, 'cluster.new-0badf00d', 'base'), { recursive: true })
  await writeFile(join(dataDir, 'cluster.new-0badf00d', 'PG_VERSION'), '18\n')
  const postgres = await startPostgres({ dataDir })
  await postgres.stop()
  expect((await readdir(dataDir)).filter((name) => name.startsWith('cluster'))).toEqual(['cluster'])
})

test('a folder in the place of the cluster that holds none is renamed, never deleted', async () => {
  const dataDir = newFolder()
  await mkdir(join(dataDir, 'cluster'))
  await writeFile(join(dataDir, 'cluster', 'note.txt'), 'mine')
  const postgres = await startPostgres({ dataDir })
  await postgres.stop()
  const aside = (await readdir(dataDir)).find((name) => name.startsWith('cluster.aside-'))
  expect(await readFile(join(dataDir, aside ?? '', 'note.txt'), 'utf8')).toBe('mine')
})

test('a cluster that cannot be started is left as it is', async () => {
  const dataDir = newFolder()
  await (await startPostgres({ dataDir })).stop()
  await rm(join(dataDir, 'cluster', 'global', 'pg_control'))
  await expect(startPostgres({ dataDir })).rejects.toThrow(/PostgreSQL did not start/)
  expect(await stat(join(dataDir, 'cluster', 'base'))).toBeTruthy()
})

test.runIf(asRoot)(
  'as root in a folder that only root can enter, data live elsewhere and are found again',
  async () => {
    const closed = newFolder()
    await chmod(closed, 0o700)
    const dataDir = join(closed, 'data')
    const first = await startPostgres({ dataDir })
    await sql(first.url, 'CREATE TABLE kept AS SELECT 7 AS n')
    await first.stop()
    const { folder } = JSON.parse(await readFile(join(dataDir, 'location.json'), 'utf8')) as {
      folder: string
    }
    const folders = [folder]
    try {
      const second = await startPostgres({ dataDir })
      expect(await sql(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
      await second.stop()

      // A copied clone must not write to the original's database.
      const copy = join(closed, 'copy')
      await cp(dataDir, copy, { recursive: true })
      const third = await startPostgres({ dataDir: copy })
      await third.stop()
      folders.push(
        (JSON.parse(await readFile(join(copy, 'location.json'), 'utf8')) as { folder: string }).folder,
      )
      expect(folders[1]).not.toBe(folder)
    } finally {
      for (const made of folders) await rm(made, { recursive: true, force: true })
    }
  },
)
