import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { openWebhookSender } from '@zapfleet/core'
import { startSimulator } from '@zapfleet/simulator'
import { freePort, newFolder, runApp, testDatabase } from '@zapfleet/testing'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { readDocuments } from './documents/documents.ts'

const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'uma senha escolhida pelo bot çã']
const PAGES = ['docs/en/webhooks-out.md', 'docs/pt-BR/webhooks-de-saida.md']
const sender = openWebhookSender()
afterAll(() => sender.close())

/** Starts the receiver that a page shows. */
async function startShown(
  page: string,
  language: 'python' | 'ts',
  secret: string,
): Promise<{ url: string; printed(): string }> {
  const block = readDocuments()
    .find(({ path }) => path === page)
    ?.blocks.find((one) => one.language === language)
  if (block === undefined) throw new Error(`${page} has no block of ${language}`)
  const { target, module } = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  const program =
    language === 'python'
      ? block.text
      : ts.transpileModule(block.text, { compilerOptions: { target, module } }).outputText
  const file = join(newFolder(), language === 'python' ? 'receiver.py' : 'receiver.mjs')
  writeFileSync(file, program)
  const port = await freePort()
  const env = { PATH: process.env.PATH, WEBHOOK_SECRET: secret, PORT: String(port), PYTHONUTF8: '1' }
  const child: ChildProcess = spawn(language === 'python' ? 'python3' : process.execPath, [file], { env })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part) => {
      printed += part
    })
  onTestFinished(() => void child.kill())
  return { url: `http://127.0.0.1:${port}/`, printed: () => printed }
}

const body = JSON.stringify({
  type: 'reservation.outcome',
  timestamp: '2026-11-30T00:00:00Z',
  data: { id: 'ação' },
})

for (const page of PAGES)
  for (const language of ['python', 'ts'] as const)
    it.each(SECRETS)(
      `the receiver in ${language} of ${page} takes what is signed with its secret, once, and refuses the rest: %s`,
      async (secret) => {
        const { url, printed } = await startShown(page, language, secret)
        const post = (signedWith: string, id: string) => sender.post(url, signedWith, { id, body })
        await vi.waitFor(
          async () =>
            expect([printed(), await post(secret, 'a')]).toEqual([
              expect.anything(),
              { status: 204, retryAfterS: null },
            ]),
          { timeout: 60_000, interval: 100 },
        )
        for (let turn = 0; turn < 2; turn++) expect(await post(secret, 'b')).toMatchObject({ status: 204 })
        expect(await post('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'c')).toMatchObject({ status: 401 })
        const stale = { 'webhook-id': 'd', 'webhook-timestamp': '1614265330', 'webhook-signature': '' }
        for (const headers of [{}, { ...stale, 'webhook-signature': 'v1,AAAA' }])
          expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(401)
        await vi.waitFor(() => expect(printed().split('\n')).toHaveLength(3), { timeout: 60_000 })
        expect(printed()).toMatch(/^(reservation\.outcome \{"id": ?".+"\}\n){2}$/)
      },
    )

it('what message.send does reaches the receiver of the guide, from the API over the scheduler', async () => {
  const simulator = await startSimulator({ timeScale: 0.01 })
  onTestFinished(() => simulator.close())
  const keys = {
    ADMIN_API_KEY: 'admin-key-0123456789-for-tests',
    BOT_API_KEY: 'bot-key-0123456789-for-tests',
  }
  const database = await testDatabase()
  onTestFinished(() => database.drop())
  const environment = {
    ...keys,
    PORT: '0',
    SCHEDULER_PORT: '0',
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ZAPFLEET_SECRET: 'fleet-secret-0123456789-abcdefghijkl',
    HEALTH_POLL_CRON: '* * * * * *',
  }
  const [api, scheduler] = await Promise.all([runApp('api', environment), runApp('scheduler', environment)])
  onTestFinished(async () => {
    await Promise.all([api.end('SIGTERM'), scheduler.end('SIGTERM')])
  })
  const { address } = await api.logLine('the API is ready')
  // biome-ignore lint/suspicious/noExplicitAny: the test asserts the shape of the answers
  type Answer = { status: number; body: any }
  const call = async (path: string, body: object, key = keys.ADMIN_API_KEY): Promise<Answer> => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' }
    const response = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: await response.json() }
  }
  simulator.control.addInstance({ name: 'loja' })
  expect((await call('/trpc/instance.import', {})).status).toBe(200)

  const secret = 'uma-senha-escolhida-pelo-bot'
  const receiver = await startShown(PAGES[0] ?? '', 'python', secret)
  const endpoint = { name: 'bot', url: receiver.url, events: ['message', 'outcome'], secret }
  expect((await call('/v1/webhook-endpoints', endpoint)).status).toBe(200)
  const soon = { timeout: 120_000, interval: 200 }
  await vi.waitFor(async () => {
    const tested = await call('/v1/webhook-endpoints/bot/test', {})
    expect(tested.body.lastDelivery).toMatchObject({ ok: true })
  }, soon)

  const message = { to: '5511987650001', text: 'Olá!', validForS: 600, idempotencyKey: 'one' }
  const sent = await call('/trpc/message.send', message, keys.BOT_API_KEY)
  expect(sent.status).toBe(200)
  const { id } = sent.body.result.data
  await vi.waitFor(async () => {
    const now = await call('/trpc/message.send', message, keys.BOT_API_KEY)
    expect(now.body.result.data).toMatchObject({
      id,
      state: expect.stringMatching(/^(sent|delivered|read)$/),
    })
  }, soon)
  const { reservationId, messageId, instanceName } = (
    await call('/trpc/message.send', message, keys.BOT_API_KEY)
  ).body.result.data
  const events = [{ instanceName, messageId, status: 'read' }]
  expect((await call('/v1/reservations/report', { events }, keys.BOT_API_KEY)).status).toBe(200)
  const printed = (type: string) =>
    receiver
      .printed()
      .split('\n')
      .filter((line) => line.startsWith(`${type} `))
      .map((line) => JSON.parse(line.slice(type.length + 1)))
  await vi.waitFor(() => {
    expect(printed('message.state').at(-1)).toMatchObject({ id, state: 'read', reservationId })
    expect(printed('reservation.outcome').at(-1)).toMatchObject({
      id: reservationId,
      outcome: { status: 'read' },
    })
  }, soon)
  expect(receiver.printed()).not.toContain('Olá!')
}, 300_000)
