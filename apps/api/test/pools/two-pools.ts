import pg from 'pg'
import { expect } from 'vitest'
import { type FleetApi, mutate, startFleetApi } from '../fleet-api.ts'
import { CONTACT, type Named } from './pool-calls.ts'

/** Two pools with numbers of their own, a number of both, and one of none. Capitals: no other text of an answer contains these names. */
const NUMBERS = [
  { name: 'XRAY-1', phone: '+5511900000001', tags: ['xray'] },
  { name: 'XRAY-2', phone: '+5511900000002', tags: ['xray'] },
  { name: 'BOTH-1', phone: '+5511900000003', tags: ['xray', 'yankee'] },
  { name: 'YANKEE-1', phone: '+5521900000001', tags: ['yankee'] },
  { name: 'YANKEE-2', phone: '+5521900000002', tags: ['yankee'] },
  { name: 'OTHER-1', phone: '+5521900000003', tags: [] },
] as const
/** Serves the phone of YANKEE-1, which was first. */
export const DUPLICATE = 'XRAY-3'

/** A fleet of two pools behind its API, with keys that are bound to pool xray. */
export type TwoPools = Open & {
  bot: string
  viewer: string
  /** Things of pool xray, and of pool yankee. */
  ours: Named
  theirs: Named
  /** Texts that no answer to a key of pool xray contains. */
  hidden: readonly string[]
  boundKey(role: 'bot' | 'viewer', ...pools: string[]): Promise<string>
  expectNothingHidden(text: string): void
  close(): Promise<void>
}

type Open = { api: FleetApi; database: pg.Client }

// biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the answers
export const data = (answer: { body: any }): any => answer.body.result.data

/** All names but this one. */
export const others = (name: string): string[] =>
  [...NUMBERS.map((one) => one.name), DUPLICATE].filter((one) => one !== name)

/** A reservation, and messages, of one number and a pool. */
async function thingsOf({ api, database }: Open, name: string, pool: string, key: string): Promise<Named> {
  const exclude = others(name)
  const reserve = async () => {
    const { id } = data(await mutate(api, 'reservation.reserve', { exclude, contactId: CONTACT }))
    await database.query('update zapfleet.reservations set pool = $2, owner = $3 where id = $1', [
      id,
      pool,
      key,
    ])
    return id
  }
  const send = async (more: object) => {
    const { id } = data(
      await mutate(api, 'message.send', { to: CONTACT, text: `of ${pool}`, exclude, ...more }),
    )
    await database.query('update zapfleet.messages set pool = $2, owner = $3 where id = $1', [id, pool, key])
    return id
  }
  const inDays = new Date(Date.now() + 86_400_000).toISOString()
  return {
    name,
    reservation: await reserve(),
    sent: await reserve(),
    unsent: await reserve(),
    message: await send({}),
    queued: await send({ sendAt: inDays }),
    evolutionId: `EVOLUTION-${name}`,
  }
}

async function storeNumbers({ api, database }: Open): Promise<void> {
  for (const { name, phone, tags } of NUMBERS) {
    api.simulator.control.addInstance({ name })
    await database.query(
      `insert into public.whatsapp_instances (nome, numero_telefone, status, capacidade_hora, capacidade_dia, prioridade, novos_dia)
       values ($1, $2, 'connected', 1000, 1000, $3, 5)`,
      [name, phone, name.startsWith('XRAY') ? 1 : 100],
    )
    // By the API, so that the history begins with it.
    expect((await mutate(api, 'instance.update', { name, tags })).status).toBe(200)
  }
  await database.query(
    `insert into public.whatsapp_instances (nome, status, etiquetas, duplicata_de) values ($1, 'connected', '{xray}', 'YANKEE-1')`,
    [DUPLICATE],
  )
}

/** What each pool has of one contact, and an alert about the other pool. */
async function storeHistory({ api, database }: Open): Promise<void> {
  await mutate(api, 'contact.recordInbound', {
    id: CONTACT,
    instanceName: 'XRAY-1',
    at: '2026-10-01T10:00:00Z',
  })
  await mutate(api, 'contact.recordInbound', {
    id: CONTACT,
    instanceName: 'YANKEE-1',
    at: '2026-11-20T10:00:00Z',
  })
  await mutate(api, 'contact.setPreference', { id: CONTACT, instanceName: 'YANKEE-1' })
  await database.query(
    `insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at)
     values (gen_random_uuid(), 'number_down', 'warning', 'YANKEE-2', '{}', now())`,
  )
}

/** Starts the fleet. */
export async function startTwoPools(): Promise<TwoPools> {
  const api = await startFleetApi()
  const database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  const open = { api, database }
  await storeNumbers(open)
  const boundKey: TwoPools['boundKey'] = async (role, ...pools) =>
    data(await mutate(api, 'key.create', { label: `${role} of ${pools}`, role, pools })).secret
  const bot = await boundKey('bot', 'xray')
  const viewer = await boundKey('viewer', 'xray')
  const ours = await thingsOf(open, 'XRAY-1', 'xray', bot.split('_')[2] ?? '')
  const theirs = await thingsOf(open, 'YANKEE-1', 'yankee', 'another-key')
  await storeHistory(open)
  const hidden = [
    ...NUMBERS.filter(({ tags }) => !(tags as readonly string[]).includes('xray')).flatMap(
      ({ name, phone }) => [name, phone.slice(1)],
    ),
    ...Object.values(theirs),
  ]
  return {
    ...open,
    bot,
    viewer,
    ours,
    theirs,
    hidden,
    boundKey,
    expectNothingHidden(text) {
      for (const secret of hidden) expect(text).not.toContain(secret)
    },
    async close() {
      await database.end()
      await api.close()
    },
  }
}
