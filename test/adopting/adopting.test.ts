import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { emptyDatabase, freePort, type TestDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Block, readBlocks } from '../documents/blocks.ts'
import { openShell, type Shell } from '../documents/shell.ts'
import { COMPILE_LESS } from '../npm-start.ts'
import { type Supabase, startSupabase } from './supabase.ts'

/**
 * Follows docs/adopting.md for an existing bot: the commands are read from the page and typed into one shell, in
 * their order, while the bot's own Python runs.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/adopting.md'), 'utf8')
const tools = ['bash', 'curl', 'python3', 'psql'].every((tool) => spawnSync(tool, ['--version']).status === 0)

/** What exists before: the tables, a number that reads `open`, the counting function, a role with few rights. */
const THEIRS = `
create table whatsapp_instances (
  id uuid primary key default gen_random_uuid(), nome varchar(50) not null unique, numero_telefone varchar(20),
  status varchar(20) default 'disconnected', capacidade_hora int default 20, capacidade_dia int default 100,
  msgs_enviadas_hora int default 0, msgs_enviadas_dia int default 0, prioridade int default 1, ultima_msg_at timestamptz,
  created_at timestamptz default now(), updated_at timestamptz default now());
create table clientes (
  id uuid primary key default gen_random_uuid(), nome text not null, crm text, instancia_preferida varchar(50));
create function incrementar_contador_instancia(p_nome varchar) returns void as $$
begin
  update whatsapp_instances set msgs_enviadas_hora = msgs_enviadas_hora + 1,
    msgs_enviadas_dia = msgs_enviadas_dia + 1, ultima_msg_at = now()
  where nome = p_nome;
end;
$$ language plpgsql;
insert into whatsapp_instances (nome, status, msgs_enviadas_hora, msgs_enviadas_dia) values
  ('clinica-01', 'open', 2, 7), ('clinica-02', 'connected', null, 3), ('antiga', 'connected', 0, 0);
insert into clientes (id, nome, crm, instancia_preferida) values
  ('aaaaaaaa-0000-4000-8000-000000000001', 'Dra. Ana', 'SP-1', 'clinica-02'),
  ('aaaaaaaa-0000-4000-8000-000000000002', 'Dr. Beto', 'SP-2', null);
create table consultas (id serial primary key, cliente uuid not null references clientes (id) on delete restrict);
insert into consultas (cliente) values ('aaaaaaaa-0000-4000-8000-000000000001');
alter table clientes enable row level security;
alter table whatsapp_instances enable row level security;`

const ROLE = 'python_bot'
const RIGHTS = `
create role ${ROLE} login password 'python';
grant select, insert, update on whatsapp_instances to ${ROLE};
grant select, update (instancia_preferida) on clientes to ${ROLE};
create policy bot on clientes to ${ROLE} using (true);
create policy bot on whatsapp_instances to ${ROLE} using (true) with check (true);`

const ANA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BETO = 'aaaaaaaa-0000-4000-8000-000000000002'
/** The tables as the Python program made them. */
const SHAPE = `select table_name, column_name, data_type, column_default, is_nullable from information_schema.columns
where table_schema = 'public' order by table_name, ordinal_position`
/** All columns of a number but its status, which follows Evolution from the first round on. */
const THEIR_COLUMNS =
  'id, nome, numero_telefone, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia, prioridade, ultima_msg_at, created_at, updated_at'

describe.skipIf(!tools)('docs/adopting.md, followed step by step (needs bash, curl, python3, psql)', () => {
  let database: TestDatabase
  let pool: pg.Pool
  let simulator: Simulator
  let supabase: Supabase
  let shell: Shell
  let env: Record<string, string | undefined>
  let fleet: ChildProcess | null = null
  let npmStart: Block
  let shapeBefore: Record<string, unknown>[]
  const dataDir = mkdtempSync(join(tmpdir(), 'zapfleet-adopting-'))

  /** The blocks of the page to run, in their order, and the output of each. */
  const steps = readBlocks(page).filter(({ how }) => how !== null)
  const take = (containing: string): Block => {
    const block = steps.shift()
    if (!block?.text.includes(containing))
      throw new Error(
        `the next command of docs/adopting.md should hold "${containing}", and is: ${block?.text}`,
      )
    return block
  }
  const sql = async (text: string): Promise<Record<string, unknown>[]> => (await pool.query(text)).rows

  const python = (call: string, ...args: string[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const program = join(root, 'test/adopting/instance_manager.py')
      execFile(
        'python3',
        [program, call, ...args],
        { env: env as NodeJS.ProcessEnv },
        (error, stdout, stderr) =>
          error ? reject(new Error(`${call}: ${stderr}`)) : resolve(JSON.parse(stdout)),
      )
    })

  beforeAll(async () => {
    // Packages and a build may have to be made first, which the steps of the page do not wait for; `npm test` has
    // made them.
    if (inject('programs') !== 'built')
      await new Promise((resolve) =>
        execFile('npm', ['run', 'doctor', '--', '--help'], { cwd: root }, resolve),
      )
    chmodSync(dataDir, 0o755)
    const port = await freePort()
    ;[database, simulator] = await Promise.all([emptyDatabase(), startSimulator({ timeScale: 0.02 })])
    pool = new pg.Pool({ connectionString: database.url, max: 2 })
    pool.on('connect', (client) => client.on('error', () => {}))
    pool.on('error', () => {})
    await sql(THEIRS)
    await sql(RIGHTS)
    shapeBefore = await sql(SHAPE)
    for (const name of ['clinica-01', 'clinica-02', 'esquecida'])
      simulator.control.addInstance({ name, state: 'open' })
    supabase = await startSupabase(withUser(database.url, ROLE, 'python'))
    env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PYTHONDONTWRITEBYTECODE: '1',
      NODE_OPTIONS: COMPILE_LESS,
      // Step 1 of the page, with the values of this test.
      DATABASE_URL: database.url,
      DIRECT_URL: database.url,
      EVOLUTION_API_URL: simulator.url,
      EVOLUTION_API_KEY: simulator.apiKey,
      ADMIN_API_KEY: `admin-0123456789-aaaaaaaaaaaaa`,
      BOT_API_KEY: `bot-0123456789-bbbbbbbbbbbbb`,
      FLEET_TIMEZONE: 'America/Sao_Paulo',
      PORT: String(port),
      SCHEDULER_PORT: '0',
      HEALTH_POLL_CRON: '*/2 * * * * *',
      ZAPFLEET_DATA_DIR: dataDir,
      ZAPFLEET_PASSWORD: 'serving',
      SUPABASE_URL: supabase.url,
      ZAPFLEET_URL: `http://127.0.0.1:${port}`,
    }
    shell = openShell(root, env)
  })

  afterAll(async () => {
    shell?.close()
    await stop()
    await supabase?.close()
    await pool?.query(`drop owned by zapfleet_serving; drop role zapfleet_serving`).catch(() => {})
    await pool?.query(`drop owned by ${ROLE}; drop role ${ROLE}`)
    await pool?.end()
    await Promise.all([database?.drop(), simulator?.close()])
    rmSync(dataDir, { recursive: true, force: true })
  })

  /** A second terminal, in which the page's own command runs until it is stopped. */
  function start(block: Block): void {
    expect(block.how).toBe('run in the background')
    fleet = spawn('bash', ['-c', `exec ${block.text}`], {
      cwd: root,
      env: env as NodeJS.ProcessEnv,
      stdio: 'ignore',
    })
  }
  async function stop(): Promise<void> {
    if (fleet === null) return
    const ended = new Promise((resolve) => fleet?.once('exit', resolve))
    fleet.kill('SIGTERM')
    await ended
    fleet = null
  }

  test('before: the Python works, with its known errors', async () => {
    // `open` is not `connected`, and a counter of NULL cannot be compared: of three, one is left.
    expect(await python('escolher_instancia', BETO).catch((error: Error) => error.message)).toMatch(
      /NoneType/,
    )
    await sql(`update whatsapp_instances set msgs_enviadas_hora = 3 where nome = 'clinica-02'`)
    expect(await python('escolher_instancia', ANA)).toBe('clinica-02')
    await python('registrar_envio', 'clinica-02')
    expect(await sql(`select msgs_enviadas_dia n from whatsapp_instances where nome = 'clinica-02'`)).toEqual(
      [{ n: 4 }],
    )
  })

  test('the doctor reports that it can be adopted, and the first start changes no existing row', async () => {
    await shell.type(take('URL=http').text)
    expect(await shell.type(take('doctor').text)).toMatch(
      /warn +migrations +none is applied yet; whatsapp_instances and clientes can be adopted/,
    )
    const look = async () => [
      await sql(`select ${THEIR_COLUMNS} from whatsapp_instances order by nome`),
      await sql('select * from clientes order by id'),
      await sql('select * from consultas'),
    ]
    const before = await look()
    npmStart = take('npm start')
    start(npmStart)
    expect(await shell.type(take('/health/ready').text)).toContain('"status":"ready"')
    expect(await look()).toEqual(before)
  })

  test('what Evolution has is imported, and what the Python stored as `open` is available', async () => {
    const imported = await shell.type(take('instance.import').text)
    expect(answers(imported)).toEqual([
      { imported: ['esquecida'], alreadyKnown: ['clinica-01', 'clinica-02'], missingOnEvolution: ['antiga'] },
      { imported: ['esquecida'], alreadyKnown: ['clinica-01', 'clinica-02'], missingOnEvolution: ['antiga'] },
    ])
    const [health, list] = answers(await shell.type(take('health.checkAll').text))
    expect(health).toContainEqual(
      expect.objectContaining({ name: 'clinica-01', state: 'open', online: true }),
    )
    const shown = Object.fromEntries((list as Named[]).map((one) => [one.name, [one.status, one.sentToday]]))
    expect(shown).toEqual({
      antiga: ['disconnected', 0],
      'clinica-01': ['connected', 7],
      'clinica-02': ['connected', 4],
      esquecida: ['connected', 0],
    })
  })

  test('both work on the same numbers: each reads the counts and preferences of the other', async () => {
    expect(await python('listar_instancias')).toHaveLength(3)
    expect(await python('escolher_instancia', ANA)).toBe('clinica-02')
    await python('registrar_envio', 'clinica-02')
    const output = await shell.type(take('reservation.reserve').text)
    expect(output).toMatch(/"instanceName":"esquecida"/)
    expect(output).toContain('clinica-02|connected|5|5')
    expect(output).toContain('esquecida|connected|1|1')
    // The first message of the contact `beto` goes through zapfleet; the Python then keeps his number.
    const [{ instanceName } = { instanceName: '' }] = answers(
      await act('reservation.reserve', { contactId: BETO }),
    ) as [{ instanceName: string }]
    expect(await python('escolher_instancia', BETO)).toBe(instanceName)
    await sql(`update whatsapp_instances set capacidade_dia = 5 where nome = 'clinica-02'`)
    expect(answers(await act('instance.choose', { contactId: ANA }))).not.toEqual([
      { instanceName: 'clinica-02' },
    ])
    expect(await sql('select count(*)::int n from clientes')).toEqual([{ n: 2 }])
  })

  test('the old health loop, left running, marks every number as disconnected, and the next round corrects it', async () => {
    // Evolution 2 answers the state one level deeper than the Python reads it.
    expect(await python('verificar_saude', 'clinica-01')).toEqual({
      nome: 'clinica-01',
      status: 'unknown',
      online: false,
    })
    await act('health.checkAll', {})
    expect(await sql(`select status from whatsapp_instances where nome = 'clinica-01'`)).toEqual([
      { status: 'connected' },
    ])
  })

  test('the routes answer the Python like its own did', async () => {
    expect(await python('saude_da_frota')).toMatchObject({
      status: 'healthy',
      online: 3,
      total: 4,
      instances: expect.arrayContaining([{ nome: 'clinica-01', status: 'open', online: true }]),
    })
    expect(await python('criar_instancia', 'clinica-03')).toMatchObject({
      nome: 'clinica-03',
      message: 'Escaneie o QR Code para conectar',
      qrcode: { base64: expect.stringMatching(/^data:image\/png;base64,/), count: 1 },
    })
  })

  test('the doctor finds no problem but the numbers that wait for a person', async () => {
    const told = await shell.type(`${take('doctor').text.trim()} || true`)
    expect(told).not.toContain('FAIL')
    expect(told).toMatch(/ok +polling .* leads/)
    expect(told).toMatch(/warn +instances +not on Evolution: antiga/)
  })

  test('a role of its own serves with the rights of the page, and the REST API is closed', async () => {
    await shell.type(take('create role zapfleet_serving').text)
    await stop()
    env.DATABASE_URL = withUser(database.url, 'zapfleet_serving', 'serving')
    start(npmStart)
    await shell.type(`export DATABASE_URL='${env.DATABASE_URL}'`)
    await shell.type('curl -sS --retry 40 --retry-delay 1 --retry-all-errors "$URL/health/ready"')
    expect(answers(await act('reservation.reserve', { contactId: BETO }))).toMatchObject([
      { preference: 'kept' },
    ])
    expect(answers(await act('reservation.reserve', { contactId: 'somebody else' }))).toMatchObject([
      { preference: 'assigned' },
    ])
    expect(answers(await act('instance.update', { name: 'clinica-01', priority: 2 }))).toMatchObject([
      { priority: 2 },
    ])
    expect(await shell.type('npm run --silent doctor || true')).toMatch(/ok +rights +this role may do all/)
    expect(await shell.type(take('enable row level security').text)).toContain(
      '_prisma_migrations|t\nclientes|t\nwhatsapp_instances|t',
    )
    expect(await shell.type('curl -sS "$URL/health/ready"')).toContain('"status":"ready"')
  })

  test('the way back removes all that was added, and the Python runs on', async () => {
    const removal = take('drop schema zapfleet cascade')
    expect(removal.how).toBe('run after a stop')
    await stop()
    await shell.type(removal.text)
    expect(await sql(SHAPE)).toEqual(shapeBefore)
    expect(await sql(`select count(*)::int n from pg_namespace where nspname = 'zapfleet'`)).toEqual([
      { n: 0 },
    ])
    expect(await python('escolher_instancia', BETO)).toEqual(expect.any(String))
    await python('registrar_envio', 'clinica-01')
    expect(await sql(`select msgs_enviadas_dia n from whatsapp_instances where nome = 'clinica-01'`)).toEqual(
      [{ n: 8 }],
    )
    expect(steps).toEqual([])
  })

  function act(procedure: string, input: object): Promise<string> {
    return shell.type(`act ${procedure} '${JSON.stringify(input)}'`)
  }
})

type Named = { name: string; status: string; sentToday: number }

/** The answers of tRPC in the output of a block, one a line. */
function answers(output: string): unknown[] {
  return output
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => (JSON.parse(text) as { result: { data: unknown } }).result.data)
}

function withUser(url: string, username: string, password: string): string {
  return Object.assign(new URL(url), { username, password }).href
}
