import { setTimeout as rest } from 'node:timers/promises'
import pg from 'pg'
import { DATABASE_ERRORS, type Fault } from './fault.ts'

export const postgresStopped: Fault = {
  name: 'postgres-stopped',
  title: 'PostgreSQL stopped and started',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers', 'API', 'scheduler'],
  recoversWithinMs: 8_000,
  async strike({ site, hold }) {
    await site.database.stop('in order')
    await hold()
    await site.database.start()
    return undefined
  },
}

export const postgresKilled: Fault = {
  name: 'postgres-killed',
  title: 'PostgreSQL killed (-9) and restarted',
  short: true,
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers'],
  recoversWithinMs: 8_000,
  async strike({ site, hold }) {
    await site.database.stop('kill -9')
    await hold(0)
    await site.database.start()
    return undefined
  },
}

export const postgresBackendsKilled: Fault = {
  name: 'postgres-crash',
  title: 'PostgreSQL crashes and recovers',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers'],
  recoversWithinMs: 8_000,
  async strike({ site }) {
    const [row] = await site.database.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name in ('zapfleet', 'zapfleet claims') order by query_start desc limit 1`,
    )
    // A backend that dies in this way makes the server end all others, drop its memory and recover.
    if (row) process.kill(row.pid, 'SIGKILL')
    const untilMs = Date.now() + 30_000
    while (Date.now() < untilMs) {
      const up = await site.database.query('select 1').catch(() => null)
      if (up) break
      await rest(50)
    }
    return undefined
  },
}

/** How long the fault tries to have every connection. */
const MOST_ROUNDS_MS = 60_000

export const outOfConnections: Fault = {
  name: 'out-of-connections',
  title: 'PostgreSQL out of connections',
  short: true,
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers'],
  recoversWithinMs: 8_000,
  async strike({ site, holdMs }) {
    const held: pg.Client[] = []
    const take = async (): Promise<void> => {
      for (;;) {
        const client = new pg.Client({ connectionString: site.database.url, application_name: 'chaos crowd' })
        client.on('error', () => {})
        try {
          await client.connect()
          held.push(client)
        } catch {
          return
        }
      }
    }
    // Processes connect again as soon as a connection is free, so it may take some rounds until none has one.
    let untilMs = Number.POSITIVE_INFINITY
    const giveUpMs = Date.now() + MOST_ROUNDS_MS
    try {
      do {
        await take()
        await site.database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'zapfleet%'`,
        )
        await take()
        const [row] = await site.database.query<{ connected: number }>(
          `select count(*)::int connected from pg_stat_activity where application_name like 'zapfleet%'`,
        )
        if (row?.connected === 0) untilMs = Math.min(untilMs, Date.now() + holdMs)
        await rest(50)
      } while (Date.now() < Math.min(untilMs, giveUpMs))
    } finally {
      await Promise.all(held.map((client) => client.end().catch(() => {})))
    }
    return { note: `${held.length} connections taken` }
  },
}

export const postgresReadOnly: Fault = {
  name: 'postgres-read-only',
  title: 'PostgreSQL read-only for a while',
  short: true,
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers', 'API', 'scheduler'],
  recoversWithinMs: 5_000,
  async strike({ site, hold }) {
    const { database } = site
    await database.query('alter system set default_transaction_read_only = on')
    await database.query('select pg_reload_conf()')
    await hold()
    await database.query('alter system reset default_transaction_read_only')
    await database.query('select pg_reload_conf()')
    return undefined
  },
}
