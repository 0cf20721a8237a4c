import { readWebhookSecret } from '@zapfleet/core'
import pg from 'pg'
import { type FleetApi, startFleetApi } from '../fleet-api.ts'
import type { Known } from './json-arbitrary.ts'

/**
 * Numbers of the fleet: three that can send, one with a name that is difficult in a path, and one each of the kinds
 * that cannot send.
 */
const NAMES = ['one', 'two', 'três/3 ok?', 'lost', 'banned', 'paused', 'only-here'] as const

/** Webhook endpoints, and addresses at which nothing listens. */
const ENDPOINTS = ['bot', 'panel']
const URLS = ['http://127.0.0.1:9/', 'http://127.0.0.1:9/x?token=1', 'http://169.254.169.254/']

/** Alert routes. Nothing listens at their addresses. */
const ROUTES = ['team', 'night']

/** Names of no instance. */
export const UNUSED_NAMES: readonly string[] = Array.from({ length: 150 }, (_, index) => `nobody-${index}`)

/** Placeholders of ids that only a run has; they are replaced when a call is sent. */
const PLACES = /«(reservation|key|webhook|message) (\d)»/g
const places = (kind: string): string[] => [0, 1, 2, 3, 4].map((index) => `«${kind} ${index}»`)

/** The values that exist, by the field they belong in. */
export const KNOWN: Known = {
  name: [...NAMES, ...ENDPOINTS, ...ROUTES],
  url: URLS,
  webhookUrl: URLS,
  botToken: ['7000000001:AAfuzz'],
  chatId: ['-1001', '5'],
  smtpUrl: ['smtp://127.0.0.1:9', 'smtps://u:p%40@[::1]:9/'],
  secret: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  instanceName: NAMES,
  exclude: NAMES,
  nome: NAMES,
  contactId: ['5511987654321', 'ana', 'José da Silva/2'],
  idempotencyKey: ['key-1', 'key-2'],
  to: ['5511987654321', '120363041234567890@g.us', 'ops@example.com'],
  base64: ['aGVsbG8h'],
  before: places('message'),
  id: [...places('reservation'), ...places('message'), ...places('key'), 'ana', 'ADMIN_API_KEY'],
  keyId: [...places('key'), 'ADMIN_API_KEY'],
  act: ['instance.update', 'instance', 'key.create'],
  targets: NAMES,
  lastEventId: ['0', '1', '99999999999999999999'],
}

/** A whole API over a small fleet, and reads of its database. */
export type World = {
  api: FleetApi
  /** A fingerprint of every row that a call may change. */
  digest(): Promise<string>
  /** The number of the next transaction that writes. While it does not change, no row has changed. */
  writes(): Promise<string>
  /** The text with the run's own ids in place of the placeholders. */
  fill(text: string): string
  /** Stores the ids of an answer. */
  learn(answer: string): void
  close(): Promise<void>
}

/**
 * Rows about work in progress, which a refused act may leave: leases appear and expire with it, and the audit stores
 * refused acts by design. The time of use of a key is stored some time after the call.
 */
const NOTES = ['leases', 'audit', '_prisma_migrations']

export async function openWorld(): Promise<World> {
  const api = await startFleetApi()
  const database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  const { control } = api.simulator
  for (const name of NAMES) {
    if (name !== 'only-here') control.addInstance({ name })
    const status = name === 'banned' ? 'banned' : name === 'lost' ? 'disconnected' : 'connected'
    await database.query(
      `insert into public.whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, pausada) values ($1, $2, 40, 90, $3)`,
      [name, status, name === 'paused'],
    )
  }
  control.ban('banned')
  control.drop('lost')
  const known: Record<string, string[]> = {
    reservation: [],
    message: [],
    key: [],
    webhook: [await readWebhookSecret(api.fleet)],
  }
  const { rows } = await database.query<{ digests: string }>(
    `select string_agg(format('select %L, md5(coalesce(string_agg(md5((to_jsonb(t) - ''last_used_at'')::text), '''' order by md5(t::text)), '''')) from %I.%I t',
       table_name, table_schema, table_name), ' union all ' order by table_name) digests
     from information_schema.tables
     where table_schema in ('public', 'zapfleet') and table_type = 'BASE TABLE' and not (table_name = any($1))`,
    [NOTES],
  )
  const digests = rows[0]?.digests ?? ''
  return {
    api,
    async digest() {
      const read = await database.query({ text: digests, rowMode: 'array' })
      return read.rows.map((row) => row.join(' ')).join('\n')
    },
    async writes() {
      const { rows } = await database.query('select pg_snapshot_xmax(pg_current_snapshot())::text as next')
      return rows[0].next
    },
    fill: (text) =>
      text.replaceAll(PLACES, (_whole, kind: string, index: string) => {
        const ids = known[kind] ?? []
        return (
          ids[ids.length - 1 - (Number(index) % Math.max(1, ids.length))] ??
          '01a204bd-49f0-7000-8000-000000000000'
        )
      }),
    learn(answer) {
      const reservation = /"id":"([0-9a-f-]{36})","instanceName"/.exec(answer)?.[1]
      if (reservation !== undefined) known.reservation?.push(reservation)
      const message = /"id":"([0-9a-f-]{36})","to"/.exec(answer)?.[1]
      if (message !== undefined) known.message?.push(message)
      const key = /"key":\{"id":"([^"]+)"/.exec(answer)?.[1]
      if (key !== undefined) known.key?.push(key)
    },
    async close() {
      await database.end()
      await api.close()
    },
  }
}
