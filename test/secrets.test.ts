import { randomBytes, randomUUID } from 'node:crypto'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

/**
 * Secrets and personal data are planted wherever an operator, a bot, Evolution or another client can send them. Then
 * API, scheduler and sender run at level debug, with calls and faults, and all their output is searched.
 */
const random = (): string => randomBytes(24).toString('base64url')
const ADMIN_KEY = `zf_admin_planted-${random()}`
const BOT_KEY = `planted-bot-${random()}`
const EVOLUTION_KEY = `planted-evolution-${random()}`
const ROLE = `planted_${randomBytes(4).toString('hex')}`
const PASSWORD = `planted/pass+${random()}`
const WRONG_KEYS = [
  `zf_bot_abcdefghijkl_${randomBytes(32).toString('base64url')}`,
  `planted-wrong-${random()}`,
]
const FLEET_SECRET = `planted-secret-${random()}`
const FORMER_SECRET = `planted-former-${random()}`
const ENDPOINT_SECRET = `planted-endpoint-${random()}`
const ENDPOINT_TOKEN = `planted-token-${random()}`
const SMTP_PASSWORD = `planted-smtp-${random()}`
const ROUTE_TOKEN = `planted-route-${random()}`
const RECIPIENT = 'plantada.pessoa@example.com'
const WRONG_WEBHOOK_SECRET = `planted-hook-${random()}`
const TOKEN = randomUUID().toUpperCase()
const QR_TEXT = `2@${random()}${random()},planted==`
const PICTURE = `data:image/png;base64,${randomBytes(300).toString('base64')}`

const REGISTERED = '+5511987650001'
const OWNER = '5511987650002'
const CONTACT = '5511987650003'
const OTHERS = ['5511987650004', '+55 (11) 98765-0005', '5511987650006', '11987650007']
const PERSON = 'Maria-Plantada-da-Silva'
const MESSAGE = {
  TEXT: 'Texto-Plantado-da-mensagem',
  CAPTION: 'Legenda-Plantada-da-foto',
  BASE64: Buffer.from('Arquivo-Plantado-da-mensagem').toString('base64'),
  FILE: 'Contrato-Plantado.pdf',
}
const IDEMPOTENCY = 'pedido-de-Joao-Plantado'

/** An unmasked phone number: its last seven digits, in any format. */
const PHONES = [REGISTERED, OWNER, CONTACT, ...OTHERS].map((phone) => phone.replace(/\D/g, '').slice(-7))

let database: TestDatabase
let simulator: Simulator
let sql: pg.Client
let api: AppProcess
let scheduler: AppProcess
let sender: AppProcess
let address: string
/** Every answer, by its request. */
const answers: { what: string; text: string }[] = []
const made: string[] = []
let hookSecret: string

beforeAll(async () => {
  database = await testDatabase()
  simulator = await startSimulator({ timeScale: 0.01, qrLimit: 10_000, apiKey: EVOLUTION_KEY })
  sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
  await sql.query(`create role ${ROLE} superuser login password '${PASSWORD}'`)
  const url = new URL(database.url)
  url.username = ROLE
  url.password = encodeURIComponent(PASSWORD)
  const environment = {
    PORT: '0',
    SCHEDULER_PORT: '0',
    SENDER_PORT: '0',
    DATABASE_URL: url.href,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: EVOLUTION_KEY,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
    ZAPFLEET_SECRET: FLEET_SECRET,
    ZAPFLEET_SECRET_PREVIOUS: FORMER_SECRET,
    SMTP_URL: `smtp://planted:${SMTP_PASSWORD}@127.0.0.1:9`,
    TELEGRAM_API_URL: 'http://127.0.0.1:9',
    ALERTS_ALLOW_PRIVATE: 'true',
    PUBLIC_URL: 'http://127.0.0.1:9',
    HEALTH_POLL_CRON: '* * * * * *',
    LOG_LEVEL: 'debug',
  }
  api = await runApp('api', environment)
  address = String((await api.logLine('the API is ready')).address)
  scheduler = await runApp('scheduler', environment)
  await scheduler.logLine('this scheduler leads')
  sender = await runApp('sender', environment)
  await sender.logLine('the sender is ready')
})
afterAll(async () => {
  await Promise.all([api, scheduler, sender].map((program) => program?.end('SIGTERM')))
  await sql?.query(`drop role if exists ${ROLE}`)
  await sql?.end()
  await simulator?.close()
  await database?.drop()
})

async function ask(
  path: string,
  {
    key = ADMIN_KEY,
    body,
    headers = {},
  }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${address}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(key === '' ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  answers.push({ what: path.split('?')[0] ?? path, text: `${JSON.stringify([...response.headers])}${text}` })
  return { status: response.status, text }
}
const call = (procedure: string, body: unknown, key?: string) =>
  ask(`/trpc/${procedure}`, { body, ...(key && { key }) })
const look = (procedure: string, input: unknown, key?: string) =>
  ask(
    `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`,
    key === undefined ? {} : { key },
  )

async function keysAreUsed(): Promise<void> {
  for (const role of ['bot', 'admin']) {
    const { text } = await call('key.create', { label: `a ${role}`, role })
    const { key, secret } = JSON.parse(text).result.data
    made.push(secret)
    await look('key.whoAmI', {}, secret)
    await call('key.rotate', { id: key.id, graceSeconds: 0 }).then(({ text: rotated }) =>
      made.push(JSON.parse(rotated).result.data.secret),
    )
    await look('key.whoAmI', {}, secret)
    // A whole key where its id belongs.
    await call('key.revoke', { id: secret })
    await call('key.create', { label: secret.slice(0, 60), role: 'nobody' })
  }
  await look('key.list', {})
  await browsersSignIn()
  for (const wrong of WRONG_KEYS) {
    await Promise.all(Array.from({ length: 20 }, () => look('instance.list', {}, wrong)))
    await ask(`/trpc/instance.list?x-api-key=${wrong}&apikey=${ADMIN_KEY}`, { key: '' })
    await ask('/admin/instances', { key: wrong, body: { nome: 'x' } })
    await ask('/health/live', { headers: { authorization: `Bearer ${wrong}`, cookie: `key=${ADMIN_KEY}` } })
  }
}

/** With right and wrong keys, and with sessions that ended. */
async function browsersSignIn(): Promise<void> {
  const page = { 'x-zapfleet-session': '1' }
  const port = new URL(address).port
  for (const key of [ADMIN_KEY, BOT_KEY, ...WRONG_KEYS]) {
    const response = await fetch(`${address}/session`, {
      method: 'POST',
      headers: { ...page, 'x-api-key': key },
    })
    answers.push({ what: '/session', text: await response.text() })
    const [, session] = /=(zf_session_[^;]+)/.exec(response.headers.get('set-cookie') ?? '') ?? []
    if (session === undefined) continue
    made.push(session)
    const headers = { ...page, cookie: `zapfleet_session_${port}=${session}` }
    await ask('/session', { key: '', headers })
    await ask('/trpc/key.whoAmI', { key: '', headers })
    await ask('/trpc/key.whoAmI', { key: '', headers: { ...headers, 'sec-fetch-site': 'cross-site' } })
    await fetch(`${address}/session`, { method: 'DELETE', headers })
    await ask('/trpc/key.whoAmI', { key: '', headers })
    await ask(`/trpc/key.whoAmI?session=${session}`, { key: session })
  }
}

async function peopleAreServed(): Promise<void> {
  for (const contactId of [CONTACT, PERSON, OTHERS[0]])
    await call('reservation.reserve', { contactId, idempotencyKey: `${IDEMPOTENCY}-${contactId}` }, BOT_KEY)
  // The same key with other input; input of every wrong kind; a value that PostgreSQL cannot store.
  await call(
    'reservation.reserve',
    { contactId: OTHERS[0], idempotencyKey: `${IDEMPOTENCY}-${CONTACT}` },
    BOT_KEY,
  )
  await call('reservation.reserve', { contactId: { of: PERSON }, strategy: OTHERS[2] }, BOT_KEY)
  await call('reservation.reserve', { contactId: `${CONTACT}\u0000`, exclude: [PERSON] }, BOT_KEY)
  await call('reservation.reserve', `{"contactId":"${CONTACT}"`, BOT_KEY)
  await call('reservation.release', { id: CONTACT }, BOT_KEY)
  await look('contact.get', { id: CONTACT }, BOT_KEY)
  await look('contact.get', { id: CONTACT, [PERSON]: OTHERS[0] }, BOT_KEY)
  await call('contact.setPreference', { id: PERSON, instanceName: 'loja' })
  await call('contact.setPreference', { id: CONTACT, instanceName: OTHERS[2] })
  await call('contact.clearPreference', { id: CONTACT })
  await look('instance.explain', { contactId: CONTACT })
  await ask(`/nowhere/${CONTACT}?to=${PERSON}`, { headers: { 'x-request-id': CONTACT } })
  await ask(`/v1/contacts/${CONTACT}`)
  for (const phoneNumber of [...OTHERS, REGISTERED])
    await call('instance.update', { name: 'loja', phoneNumber })
  await look('audit.list', { target: CONTACT })
}

/** Of receivers that do not answer, with secrets in the input, the address and the answer. */
async function endpointsAreMade(): Promise<void> {
  const url = `http://127.0.0.1:9/${ENDPOINT_TOKEN}?key=${ENDPOINT_TOKEN}`
  const events = ['instance', 'message', 'outcome']
  const { text } = await call('webhookEndpoint.create', { name: 'made', url, events })
  made.push(JSON.parse(text).result.data.secret)
  await call('webhookEndpoint.create', { name: 'chosen', url, events, secret: ENDPOINT_SECRET })
  await call('webhookEndpoint.create', { name: 'chosen', url, events, secret: ENDPOINT_SECRET })
  await call('webhookEndpoint.create', { name: 'wrong', url, events, secret: [ENDPOINT_SECRET] })
  await call('webhookEndpoint.create', { name: 'wrong', url, events, secret: `${ENDPOINT_SECRET}\0` })
  for (const credentials of [ENDPOINT_SECRET, `user:${ENDPOINT_SECRET}`])
    await call('webhookEndpoint.create', { name: 'wrong', url: `http://${credentials}@127.0.0.1:9/`, events })
  for (const name of ['made', 'chosen', 'nobody']) await call('webhookEndpoint.test', { name })
  await look('webhookEndpoint.list', {})
  await look('audit.list', { act: 'webhookEndpoint' })
}

const ended = (id: string) =>
  vi.waitFor(
    async () => expect((await look('message.get', { id })).text).not.toMatch(/"state":"(queued|sending)"/),
    { timeout: 60_000, interval: 200 },
  )

/** Of receivers that do not answer, with secrets in every part of an address, and alerts that wait for them. */
async function alertRoutesAreMade(): Promise<void> {
  const url = `http://127.0.0.1:9/${ROUTE_TOKEN}?key=${ROUTE_TOKEN}`
  const create = (input: object) => call('alertRoute.create', { minSeverity: 'info', ...input })
  await create({ name: 'slack', kind: 'slack', webhookUrl: url })
  await create({ name: 'telegram', kind: 'telegram', botToken: `7:${ROUTE_TOKEN}`, chatId: CONTACT })
  await create({ name: 'hook', kind: 'webhook', url, secret: ROUTE_TOKEN })
  await create({
    name: 'own',
    kind: 'email',
    to: [RECIPIENT],
    smtpUrl: `smtp://u:${ROUTE_TOKEN}@127.0.0.1:9`,
  })
  await create({ name: 'mail', kind: 'email', to: [RECIPIENT] })
  const { text } = await create({ name: 'made', kind: 'webhook', url })
  made.push(JSON.parse(text).result.data.secret)
  await create({ name: 'wrong', kind: 'slack', webhookUrl: `ftp://127.0.0.1/${ROUTE_TOKEN}` })
  await create({ name: 'wrong', kind: 'telegram', botToken: `7:${ROUTE_TOKEN} x`, chatId: '1' })
  await create({
    name: 'wrong',
    kind: 'email',
    to: [RECIPIENT],
    smtpUrl: `smtp://u:${ROUTE_TOKEN}@host/path`,
  })
  await create({ name: 'wrong', kind: 'webhook', url, secret: [ROUTE_TOKEN] })
  await call('alertRoute.update', { name: 'slack', webhookUrl: `${url}&again=${ROUTE_TOKEN}` })
  await call('alertRoute.update', { name: 'slack', botToken: ROUTE_TOKEN })
  const names = ['slack', 'telegram', 'hook', 'own', 'mail', 'made']
  for (const name of names) await call('alertRoute.test', { name })
  await sql.query(
    `with a as (insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at)
       values (gen_random_uuid(), 'number_banned', 'critical', 'loja', '{}', now()) returning id)
     insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before)
     select gen_random_uuid(), r.name, 'opened', array[a.id], now(), now() from a, zapfleet.alert_routes r`,
  )
  const failures = () => scheduler.stdout().split('an alert could not be sent by a route').length - 1
  await vi.waitFor(() => expect(failures()).toBeGreaterThanOrEqual(names.length), { timeout: 60_000 })
  await look('alertRoute.list', {})
  await look('audit.list', { act: 'alertRoute' })
}

/** Messages that are sent, wait, are refused, and fail at Evolution in several ways. */
async function messagesAreSent(): Promise<void> {
  const { TEXT: text, CAPTION: caption, BASE64: base64, FILE: fileName } = MESSAGE
  const media = { kind: 'document', base64, fileName, caption }
  const send = (input: object) => call('message.send', input, BOT_KEY)
  const states: unknown[] = []
  const sendBoth = async () => {
    const key = `${IDEMPOTENCY}-${random()}`
    const { text: answer } = await send({ to: CONTACT, text, contactId: PERSON, idempotencyKey: key })
    states.push(JSON.parse(answer).result?.data.state ?? answer)
    await send({ to: OTHERS[2], media })
    await ask('/v1/messages', { key: BOT_KEY, body: { to: OTHERS[0], media, validForS: 60 } })
  }
  await sendBoth()
  const { control } = simulator
  const words = { status: 400, error: text, response: { message: [`${caption} ${CONTACT} ${base64}`] } }
  for (const fault of [
    { kind: 'status', code: 400, body: words },
    { kind: 'status', code: 500, body: { ...words, status: 500 } },
  ] as const) {
    for (const route of ['message/sendText', 'message/sendMedia'])
      control.fault({ ...fault, match: { route } })
    await sendBoth()
    control.clearFaults()
  }
  expect(states).toEqual(['sent', 'failed', 'failed'])
  // By the sender: one that arrives, and one that Evolution refuses.
  const later = () => ({ sendAt: new Date(Date.now() + 500).toISOString(), validForS: 60 })
  const queued = await send({ to: CONTACT, text, ...later() })
  await ended(JSON.parse(queued.text).result.data.id)
  control.fault({ kind: 'status', code: 400, body: words, match: { route: 'message/sendMedia' } })
  const refused = await send({ to: OTHERS[0], media, ...later() })
  await ended(JSON.parse(refused.text).result.data.id)
  control.clearFaults()
  await send({ to: text, text, media })
  await send({ to: `${PERSON} ${CONTACT}`, text, sendAt: caption, [fileName]: base64 })
  await send({ to: CONTACT, media: { ...media, base64: `data:${caption};base64,${base64}` } })
  await send({ to: CONTACT, media: { ...media, base64: `${caption} ${base64}`, url: text } })
  await ask('/trpc/message.send', { key: BOT_KEY, body: `{"to":"${CONTACT}","text":"${text}` })
  await ask('/v1/messages', { key: BOT_KEY, body: `{"to":"${CONTACT}","text":"${text}` })
  await look('message.list', { contactId: PERSON })
}

async function evolutionMisbehaves(): Promise<void> {
  const words = {
    message: `token ${TOKEN} of ${OWNER}`,
    apikey: EVOLUTION_KEY,
    base64: PICTURE,
    code: QR_TEXT,
  }
  const { control } = simulator
  for (const fault of [
    { kind: 'status', code: 500, body: words },
    { kind: 'status', code: 400, body: { response: { message: [`${OWNER} ${TOKEN}`, QR_TEXT] } } },
    { kind: 'malformed', body: { instance: words, hash: TOKEN } },
    { kind: 'html' },
    { kind: 'reset' },
    { kind: 'truncated' },
  ] as const) {
    for (const route of [
      'instance/connectionState',
      'instance/fetchInstances',
      'instance/restart',
      'webhook/find',
    ])
      control.fault({ ...fault, match: { route } })
    await call('instance.restart', { name: 'loja' })
    await call('instance.import', {})
    await call('health.checkAll', {})
    await ask('/health/instances', { key: '' })
    control.clearFaults()
  }
  control.fault({ kind: 'status', code: 500, body: words, match: { route: 'instance/create' } })
  await call('instance.create', { name: 'nova', phoneNumber: OTHERS[0] })
  control.clearFaults()
  control.ban('loja')
  await call('health.check', { name: 'loja' })
}

async function webhooksArrive(): Promise<void> {
  const event = (name: string, data: object) => ({
    event: name,
    instance: 'loja',
    data,
    apikey: TOKEN,
    sender: `${OWNER}@s.whatsapp.net`,
    server_url: simulator.url,
  })
  const events = [
    event('connection.update', {
      instance: 'loja',
      state: 'open',
      wuid: `${OWNER}@s.whatsapp.net`,
      profileName: PERSON,
    }),
    event('qrcode.updated', { qrcode: { base64: PICTURE, code: QR_TEXT, pairingCode: 'PLANTED1' } }),
    event(`messages.${PERSON}`, { from: CONTACT }),
    { event: CONTACT, instance: 'nobody', apikey: TOKEN },
    [TOKEN, OWNER],
  ]
  for (const secret of [hookSecret, WRONG_WEBHOOK_SECRET, ''])
    for (const body of events)
      await ask(`/webhooks/evolution/${TOKEN}`, { key: '', body, headers: { 'x-zapfleet-webhook': secret } })
}

async function theDatabaseFails(): Promise<void> {
  await sql.query('alter table zapfleet.contacts rename to contacts_away')
  await Promise.all([
    call('reservation.reserve', { contactId: `neu-${OTHERS[2]}` }, BOT_KEY),
    call('contact.setPreference', { id: PERSON, instanceName: 'loja' }),
    look('contact.get', { id: CONTACT }, BOT_KEY),
  ])
  await sql.query('alter table zapfleet.contacts_away rename to contacts')
  // A trigger of another program, whose message repeats the row.
  await sql.query(`create function shout() returns trigger language plpgsql as
    $$ begin raise exception 'Key (numero_telefone)=(%) "%"', new.numero_telefone, new.numero_telefone; end $$`)
  await sql.query(
    'create trigger shout before update on whatsapp_instances for each row execute function shout()',
  )
  await call('instance.update', { name: 'loja', priority: 7 })
  simulator.control.setMemory('loja', 'connecting')
  await vi.waitFor(() => expect(scheduler.stdout()).toContain('a job failed'), { timeout: 60_000 })
  await sql.query('drop trigger shout on whatsapp_instances')
}

test('no key, token, QR code, phone number or contact is in the output of API, scheduler and sender', async () => {
  simulator.control.addInstance({
    name: 'gone',
    token: TOKEN,
    ownerJid: `${OWNER}@s.whatsapp.net`,
    number: OWNER,
  })
  const created = await call('instance.create', { name: 'loja', phoneNumber: REGISTERED })
  const shown = JSON.parse(created.text).result.data.pairing
  const pairing = await call('instance.qrCode', { name: 'loja', phoneNumber: REGISTERED })
  simulator.control.scan('loja', { phone: OWNER })
  await call('health.check', { name: 'loja' })
  hookSecret = (await sql.query(`select value from zapfleet.secrets where name = 'webhook'`)).rows[0].value
  await keysAreUsed()
  await peopleAreServed()
  await messagesAreSent()
  await webhooksArrive()
  await endpointsAreMade()
  await alertRoutesAreMade()
  await evolutionMisbehaves()
  await vi.waitFor(
    () => expect(scheduler.stdout()).toContain('an event could not be posted to a webhook endpoint'),
    { timeout: 60_000 },
  )
  await theDatabaseFails()
  const figures = [
    (await ask('/metrics')).text,
    await (await fetch(`${(await scheduler.logLine('the scheduler is ready')).address}/metrics`)).text(),
  ].join('\n')
  expect(figures).toContain('zapfleet_http_answers_total')
  expect(figures).toContain('zapfleet_job_runs_total')
  await Promise.all([api, scheduler, sender].map((program) => program.end('SIGTERM')))

  const logs = [api, scheduler, sender].map((program) => program.stdout() + program.stderr()).join('')
  // The run was long enough, and every message that could hold a secret was written.
  const expected = [
    'a call was refused',
    'a call could not be served',
    'a call failed unexpectedly',
    'a batch of reserves failed',
    'Evolution was called',
    'Evolution sent an answer that cannot be read',
    'a webhook event was received',
    'calls are refused by a limit',
    'instance changed status',
    'a job failed',
    'answered',
  ]
  expect(expected.filter((words) => !logs.includes(words))).toEqual([])
  expect(logs.split('\n').length).toBeGreaterThan(200)

  const secrets = {
    ADMIN_KEY,
    BOT_KEY,
    EVOLUTION_KEY,
    FLEET_SECRET,
    FORMER_SECRET,
    ENDPOINT_SECRET,
    ROUTE_TOKEN,
    SMTP_PASSWORD,
    PASSWORD,
    'PASSWORD in a URL': encodeURIComponent(PASSWORD),
    hookSecret,
    WRONG_WEBHOOK_SECRET,
    TOKEN,
    ...Object.fromEntries(WRONG_KEYS.map((key, i) => [`WRONG_KEYS ${i}`, key.slice(-40)])),
    ...Object.fromEntries(made.map((key, i) => [`made ${i}`, key.slice(-43)])),
  }
  const pictures = {
    PICTURE: PICTURE.slice(30, 130),
    QR_TEXT: QR_TEXT.slice(2, 40),
    'the picture that was shown': (shown.base64 ?? pairing.text).slice(60, 160),
    'the text that was shown': (shown.code ?? '2@none').slice(2, 40),
    'the pairing code': JSON.parse(pairing.text).result.data.pairingCode ?? 'no pairing code',
  }
  const people = {
    ...MESSAGE,
    PERSON,
    IDEMPOTENCY,
    ENDPOINT_TOKEN,
    RECIPIENT,
    ...Object.fromEntries(PHONES.map((digits) => [digits, digits])),
  }
  const written = logs + figures
  const found = Object.entries({ ...secrets, ...pictures, ...people }).filter(([, text]) =>
    written.includes(text),
  )
  expect(found.map(([name, text]) => `${name}: ${around(written, text)}`)).toEqual([])

  // Answers contain personal data only for callers that requested it, and secrets only for the caller that made the
  // key or pairs the number.
  for (const { what, text } of answers) {
    const mayTell = /(key\.(create|rotate)|(webhookEndpoint|alertRoute)\.create)$/.test(what)
      ? 'made'
      : 'nothing'
    const told = Object.entries(secrets).filter(
      ([name, secret]) => !name.startsWith(mayTell) && text.includes(secret),
    )
    expect(told.map(([name]) => `${what} contains ${name}: ${text.slice(0, 500)}`)).toEqual([])
    expect(text).not.toMatch(/\bat [\w.<>]+ \(|node_modules|select .* from|zapfleet\.\w+s\b.*where/i)
    if (!/instance\.(create|qrCode)$/.test(what))
      for (const [name, picture] of Object.entries(pictures))
        expect(text.includes(picture), `${what} ${name}`).toBe(false)
  }
})

function around(text: string, found: string): string {
  const at = text.indexOf(found)
  return text.slice(Math.max(0, at - 300), at + found.length + 100)
}
