import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { holdFolder } from '@zapfleet/holder'
import pg from 'pg'
import { chooseServerUser } from './choose-server-user.ts'
import { endLeftoverServer } from './end-leftover-server.ts'
import { findBinaries } from './find-binaries.ts'
import { type Cluster, makeCluster, OWNER } from './make-cluster.ts'
import { placeCluster } from './place-cluster.ts'
import { PostgresStartError, runServer, type Server } from './run-server.ts'

/** Receives the steps of a start; one line each, for people. */
export type Log = { info(message: string): void; warn(message: string): void }

/**
 * `dataDir`: a folder for this database alone, created if missing. `port`: only this one; default: the last start's if it is
 * free, else any free one. `settings`: further server settings (names of postgresql.conf).
 */
export type StartPostgresOptions = {
  dataDir: string
  port?: number
  settings?: Readonly<Record<string, string>>
  log?: Log
}

/**
 * A running PostgreSQL on 127.0.0.1. `url` opens the database `zapfleet`, `adminUrl` the maintenance database, both as
 * superuser. `stop` ends it within 5 s and frees the folder (it may be called again); `exited` resolves when the server has
 * ended, for any reason. `logFile` is the server's log.
 */
export type Postgres = {
  url: string
  adminUrl: string
  port: number
  pid: number
  logFile: string
  exited: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of a data folder and makes what is missing: for the first start, later starts, and starts
 * after a kill -9 of any process. As root, the server runs as an unprivileged user, and data and programs are in
 * folders that this user can enter (see placeCluster, findBinaries). If this process dies, a guard process stops the
 * server. Throws FolderInUseError when another live process has started this folder, {@link PostgresStartError} with
 * the server's own text, or an Error with what to do.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<Postgres> {
  return start(options, { temporary: false })
}

/**
 * {@link startPostgres}; a `temporary` cluster is not flushed to disk when made, and its folders are removed at the end of this
 * process.
 */
export async function start(
  options: StartPostgresOptions,
  { temporary }: { temporary: boolean },
): Promise<Postgres> {
  const dataDir = resolve(options.dataDir)
  const hold = holdFolder(dataDir)
  try {
    const user = await chooseServerUser(join(dataDir, 'cluster'))
    const binaries = await findBinaries(user)
    const folder = await placeCluster(dataDir, user)
    const cluster = await makeCluster(folder, binaries, user, { temporary })
    if (cluster.made) options.log?.info(`made a new database in ${folder}`)
    if (await endLeftoverServer(cluster.dir))
      options.log?.warn('stopped the PostgreSQL that a killed start had left running')

    const { server, port } = await launch()
    const url = (database: string) => `postgres://${OWNER}:${cluster.password}@127.0.0.1:${port}/${database}`
    try {
      await createDatabase(url('postgres'), OWNER)
    } catch (error) {
      await server.stop()
      throw error
    }
    return {
      url: url(OWNER),
      adminUrl: url('postgres'),
      port,
      pid: server.pid,
      logFile: join(folder, 'server.log'),
      exited: server.exited,
      async stop() {
        await server.stop()
        hold.release()
      },
    }

    async function launch(): Promise<{ server: Server; port: number }> {
      const deadline = Date.now() + 15_000
      for (;;) {
        const port = options.port ?? (await findFreePort(await lastPort(folder)))
        try {
          const server = await runServer(
            binaries,
            {
              folder,
              clusterDir: cluster.dir,
              port,
              settings: options.settings ?? {},
              temporary: temporary ? [dataDir, folder] : [],
            },
            user,
          )
          await writeFile(join(folder, 'port'), `${port}\n`)
          return { server, port }
        } catch (error) {
          if (
            !(error instanceof PostgresStartError) ||
            Date.now() > deadline ||
            !mayPass(error, options.port)
          ) {
            throw explain(error, cluster, options.port)
          }
          await sleep(200)
        }
      }
    }
  } catch (error) {
    hold.release()
    throw error
  }
}

/** Whether another attempt may succeed: another process took the port, or processes of a killed server are still ending. */
function mayPass(error: PostgresStartError, fixedPort: number | undefined): boolean {
  if (/shared memory block .* is still in use/.test(error.output)) return true
  return fixedPort === undefined && /Address already in use/.test(error.output)
}

function explain(error: unknown, cluster: Cluster, fixedPort: number | undefined): unknown {
  if (!(error instanceof PostgresStartError)) return error
  if (fixedPort !== undefined && /Address already in use/.test(error.output)) {
    return new Error(
      `Port ${fixedPort} of 127.0.0.1 is taken by another program: name another port, or none for a free one.`,
    )
  }
  if (/database files are incompatible/.test(error.output)) {
    return new Error(
      `The database in ${cluster.dir} was made by another version of PostgreSQL. Move that folder away (a new one is made), ` +
        `or copy its content over with that version's pg_dump.\n${error.output}`,
    )
  }
  return error
}

async function lastPort(folder: string): Promise<number | null> {
  const port = Number(await readFile(join(folder, 'port'), 'utf8').catch(() => ''))
  return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : null
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

/** Returns a TCP port of 127.0.0.1 that is free now: `wanted` if it is, else one that the system chooses. */
async function findFreePort(wanted: number | null): Promise<number> {
  if (wanted !== null) {
    const port = await tryPort(wanted)
    if (port !== null) return port
  }
  const port = await tryPort(0)
  if (port === null) throw new Error('No free TCP port could be found on 127.0.0.1.')
  return port
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
    })
  })
}
