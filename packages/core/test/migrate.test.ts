import { emptyDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import {
  closeFleet,
  getContact,
  listInstances,
  migrate,
  openFleet,
  recordSend,
  releaseReservation,
  reserve,
  silentLog,
} from '../src/index.ts'
import { noEvolution } from './support/fleet.ts'

const timeZone = 'America/Sao_Paulo'
const drops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const drop of drops) await drop()
})

/** An empty database, the statements that ran on it first, and a query function. */
async function database(
  setup = '',
): Promise<{ url: string; sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]> }> {
  const made = await emptyDatabase()
  const pool = new pg.Pool({ connectionString: made.url, max: 2 })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  drops.push(async () => {
    await pool.end()
    await made.drop()
  })
  if (setup) await pool.query(setup)
  return { url: made.url, sql: async (text, values) => (await pool.query(text, values)).rows }
}

/** A production database as legacy programs left it, with rarer values added. */
const FOREIGN = `
  create type plano as enum ('basico', 'ouro');
  create table whatsapp_instances (
    id uuid primary key default gen_random_uuid(), empresa_id uuid not null default gen_random_uuid(), nome varchar(50) not null,
    token text not null default 'segredo', status varchar(30) not null default 'disconnected', plano plano not null default 'basico',
    msgs_enviadas_dia smallint, criado_por text, unique (empresa_id, nome));
  create table clientes (
    telefone text primary key, id uuid not null, nome text not null, cpf char(11) not null, instancia_preferida varchar(50), unique (id));
  create table pedidos (id serial primary key, cliente uuid not null references clientes (id));
  create function incrementar_contador_instancia(p_nome varchar) returns void as $$
  begin update whatsapp_instances set msgs_enviadas_dia = msgs_enviadas_dia + 1 where nome = p_nome; end $$ language plpgsql;
  insert into whatsapp_instances (id, nome, status, msgs_enviadas_dia) values
    ('11111111-1111-4111-8111-111111111111', 'vendas', 'open', 7), ('22222222-2222-4222-8222-222222222222', 'Suporte Técnico', 'connected', null);
  insert into clientes values
    ('+5511', 'aaaaaaaa-0000-4000-8000-000000000001', 'Maria', '00000000001', 'vendas'), ('+5512', 'aaaaaaaa-0000-4000-8000-000000000002', 'João', '00000000002', null);
  insert into pedidos (cliente) values ('aaaaaaaa-0000-4000-8000-000000000001');`

const COLUMNS_OF_THEIRS = 'id, empresa_id, nome, token, status, plano, msgs_enviadas_dia, criado_por'

describe('migrating an empty database', () => {
  it('creates everything, and a second time changes nothing', async () => {
    const { url, sql } = await database()
    expect((await migrate({ url, timeZone })).applied.length).toBeGreaterThan(0)
    expect((await migrate({ url, timeZone })).applied).toEqual([])
    expect(await sql(`select value from zapfleet.settings where key = 'time_zone'`)).toEqual([
      { value: timeZone },
    ])
  })

  it('is safe in two processes at once', async () => {
    const { url, sql } = await database()
    const runs = await Promise.all([
      migrate({ url, timeZone }),
      migrate({ url, timeZone }),
      migrate({ url, timeZone }),
    ])
    const applied = runs.flatMap((run) => run.applied)
    expect(new Set(applied).size).toBe(applied.length)
    expect(await sql('select count(*)::int n from _prisma_migrations')).toEqual([{ n: applied.length }])
  })

  it('refuses a process that is configured with another time zone, and names the change to make', async () => {
    const { url } = await database()
    await migrate({ url, timeZone })
    await expect(migrate({ url, timeZone: 'America/Manaus' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/America\/Manaus.*America\/Sao_Paulo.*update zapfleet\.settings/s),
    })
    await expect(migrate({ url, timeZone: 'Marte/Olimpo' })).rejects.toMatchObject({ code: 'INVALID_STATE' })
    await expect(
      openFleet({ databaseUrl: url, timeZone: 'America/Manaus', evolution: noEvolution, log: silentLog }),
    ).rejects.toMatchObject({
      code: 'INVALID_STATE',
    })
  })

  it('stops at an edited or failed migration', async () => {
    const { url, sql } = await database()
    await migrate({ url, timeZone })
    await sql(
      `update _prisma_migrations set checksum = 'x' where migration_name = (select min(migration_name) from _prisma_migrations)`,
    )
    await expect(migrate({ url, timeZone })).rejects.toThrow(/was edited after it was applied/)
    await sql('update _prisma_migrations set finished_at = null')
    await expect(migrate({ url, timeZone })).rejects.toThrow(/failed half-way/)
  })
})

describe('adopting a database that holds the two tables in a foreign shape', async () => {
  const { url, sql } = await database(FOREIGN)
  const look = async () => ({
    instances: await sql(`select ${COLUMNS_OF_THEIRS} from whatsapp_instances order by nome`),
    clients: await sql('select * from clientes order by telefone'),
    orders: await sql('select * from pedidos'),
  })
  const before = await look()
  await migrate({ url, timeZone })

  it('keeps every row as it was', async () => {
    expect(await look()).toEqual(before)
    await migrate({ url, timeZone })
    expect(await look()).toEqual(before)
  })

  it('lets the fleet work on it: existing contacts, new contacts, and contacts whose id is no uuid', async () => {
    const fleet = await openFleet({ databaseUrl: url, timeZone, evolution: noEvolution, log: silentLog })
    drops.unshift(() => closeFleet(fleet))
    const maria = 'AAAAAAAA-0000-4000-8000-000000000001'
    const joao = 'aaaaaaaa-0000-4000-8000-000000000002'
    const stranger = 'bbbbbbbb-0000-4000-8000-000000000003'

    expect(await reserve(fleet, { contactId: maria })).toMatchObject({
      contactId: maria,
      instanceName: 'vendas',
      preference: 'kept',
    })
    for (const contactId of [joao, stranger, '+55 11 99999-0000']) {
      const first = await reserve(fleet, { contactId })
      expect(first.preference).toBe('assigned')
      expect(await reserve(fleet, { contactId })).toMatchObject({
        instanceName: first.instanceName,
        preference: 'kept',
      })
      expect((await getContact(fleet, { id: contactId })).preferredInstance).toBe(first.instanceName)
    }
    expect(await sql('select telefone, instancia_preferida is not null p from clientes order by 1')).toEqual([
      { telefone: '+5511', p: true },
      { telefone: '+5512', p: true },
    ])
    const counted = await sql('select sum(msgs_enviadas_dia)::int n from whatsapp_instances')
    expect(counted).toEqual([{ n: 7 + 7 }])
    const [vendas] = (await listInstances(fleet)).filter((instance) => instance.name === 'vendas')
    expect(vendas).toMatchObject({
      status: 'connected',
      hourlyCapacity: 20,
      dailyCapacity: 100,
      available: true,
    })
  })

  it('lets the legacy counting function count in the right windows, called as before', async () => {
    await sql(
      `update whatsapp_instances set msgs_enviadas_dia = 50, msgs_enviadas_hora = 9, janela_dia = 'epoch', janela_hora = 'epoch' where nome = 'vendas'`,
    )
    await sql(`select incrementar_contador_instancia(p_nome => 'vendas')`)
    expect(
      await sql(
        `select msgs_enviadas_dia d, msgs_enviadas_hora h, ultima_msg_at > now() - interval '1 minute' fresh from whatsapp_instances where nome = 'vendas'`,
      ),
    ).toEqual([{ d: 1, h: 1, fresh: true }])
  })
})

describe('a counting function that ran with the rights of its owner', () => {
  it('still does, so that roles without rights on the tables can count', async () => {
    const { url, sql } = await database(`${FOREIGN}
      alter function incrementar_contador_instancia(varchar) security definer set search_path = public`)
    await migrate({ url, timeZone })
    await sql('create role counter_only nologin')
    drops.unshift(async () => {
      await sql('drop role counter_only')
    })
    await sql(`begin; set local role counter_only; select incrementar_contador_instancia('vendas'); commit`)
    expect(await sql(`select msgs_enviadas_dia n from whatsapp_instances where nome = 'vendas'`)).toEqual([
      { n: 8 },
    ])
  })
})

describe('a database that cannot be adopted', () => {
  it('is refused with every reason at once, and is not changed', async () => {
    const { url, sql } = await database(`
      create table whatsapp_instances (nome integer, status text, msgs_enviadas_dia text, ultima_msg_at timestamp);
      create view clientes as select 1 as id`)
    const error = await migrate({ url, timeZone }).catch((thrown: Error) => thrown)
    for (const word of [
      'nome has type integer',
      'msgs_enviadas_dia has type text',
      'ultima_msg_at',
      'clientes is not a table',
    ]) {
      expect((error as Error).message).toContain(word)
    }
    expect(
      await sql(`select count(*)::int n from information_schema.schemata where schema_name = 'zapfleet'`),
    ).toEqual([{ n: 0 }])
  })

  it('is refused with the names that occur twice', async () => {
    const { url } = await database(
      `create table whatsapp_instances (nome text); insert into whatsapp_instances values ('dup'), ('dup'), ('one')`,
    )
    await expect(migrate({ url, timeZone })).rejects.toThrow(/more than once: dup/)
  })
})

describe('other shapes of clientes', () => {
  it.each([
    [
      'bigint ids',
      `create table clientes (id bigserial primary key, nome text not null); insert into clientes (nome) values ('x')`,
      '1',
      '01',
    ],
    [
      'ids that are not unique',
      `create table clientes (empresa int, id text, primary key (empresa, id)); insert into clientes values (1, 'a'), (2, 'a')`,
      'a',
      'b',
    ],
  ])('%s are read and written', async (_, setup, known, unknown) => {
    const { url, sql } = await database(setup)
    await migrate({ url, timeZone })
    const fleet = await openFleet({ databaseUrl: url, timeZone, evolution: noEvolution, log: silentLog })
    drops.unshift(() => closeFleet(fleet))
    await sql(`insert into whatsapp_instances (nome, status) values ('one', 'connected')`)
    for (const contactId of [known, unknown, '9'.repeat(30)]) {
      expect((await reserve(fleet, { contactId })).preference).toBe('assigned')
      const again = await reserve(fleet, { contactId })
      expect(again.preference).toBe('kept')
      await releaseReservation(fleet, { id: again.id })
    }
    expect(await sql('select bool_and(instancia_preferida is not null) b from clientes')).toEqual([
      { b: true },
    ])
    expect(await sql('select id from zapfleet.contacts order by length(id)')).toEqual([
      { id: unknown },
      { id: '9'.repeat(30) },
    ])
    expect((await recordSend(fleet, { name: 'one' })).sentToday).toBe(4)
  })
})
