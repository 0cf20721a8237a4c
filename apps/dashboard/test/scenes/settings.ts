import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFleetClient } from '@zapfleet/client'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settings as en } from '../../src/words/en/settings.ts'
import { settings as ptBR } from '../../src/words/pt-br/settings.ts'
import { ADMIN_KEY } from '../fleet.ts'
import { eventually, expectAccessible, type Stage } from '../stage.ts'

/** The settings: keys, webhooks, alert routes, the audit. */
export function settingsScenes(stage: () => Stage): void {
  let page: Page
  const admin = () => stage().fleet.admin
  const as = (apiKey: string) => createFleetClient({ url: stage().fleet.url, apiKey })
  // By its own name: other keys name the one that created them.
  const entries = (name: string) =>
    page.locator('.entry').filter({ has: page.locator('.entry-name').getByText(name, { exact: true }) })
  const filter = (name: string) => page.getByRole('combobox', { name, exact: true })
  const rows = () => page.locator('.audit-table > tbody > tr')
  const dialog = (name: string) => page.getByRole('dialog', { name })
  const secretShown = (label: string) => page.getByRole('dialog').getByLabel(label).inputValue()

  /** The requests that a receiver of webhooks got. */
  const received: string[] = []
  let answers = 204
  let receiver: Server

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']))
      request.resume().on('end', () => response.writeHead(answers).end())
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    page = await stage().enter(ADMIN_KEY)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  })
  afterAll(() => receiver.close())

  test('create a key: its secret is shown once, is copied, and opens the API', async () => {
    await page.getByRole('link', { name: 'Settings', exact: true }).click()
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Keys', exact: true }).click()
    await entries('ADMIN_API_KEY').getByText('Set in the environment of the API').waitFor()
    expect(await entries('ADMIN_API_KEY').getByRole('button').count()).toBe(0)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create a key' }).press('Enter')
    expect(await dialog('Create a key').getByRole('button', { name: 'Create' }).isEnabled()).toBe(false)
    await page.getByLabel('Who holds it').fill('the bot of the shop')
    await page.getByLabel('When it ends').selectOption('After 30 days')
    await expectAccessible(page)
    await page.getByLabel('Who holds it').press('Enter')
    await dialog('The new key').waitFor()
    await page.keyboard.press('Escape')
    await expectAccessible(page)
    const secret = await secretShown('Key “the bot of the shop”')
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
    expect(await as(secret).key.whoAmI.query({})).toEqual({
      role: 'bot',
      label: 'the bot of the shop',
    })
    await page.getByRole('button', { name: 'Done' }).click()
    await entries('the bot of the shop')
      .getByText(/created at .* by ADMIN_API_KEY/)
      .waitFor()
    expect(await page.content()).not.toContain(secret)
  })

  test('replace a key, which ends at once or later', async () => {
    await page.getByRole('button', { name: 'Replace the key the bot of the shop' }).click()
    await dialog('Replace the key “the bot of the shop”?').waitFor()
    await page.getByLabel('The old key still works').selectOption('for 1 hour')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Replace', exact: true }).click()
    const secret = await secretShown('Key “the bot of the shop”')
    await page.getByRole('button', { name: 'Done' }).click()
    await eventually(() => entries('the bot of the shop').count()).toBe(2)
    expect(await as(secret).key.whoAmI.query({})).toMatchObject({ role: 'bot' })
    const keys = (await admin().key.list.query({})).filter(({ label }) => label === 'the bot of the shop')
    const graceMs = Date.parse(keys.find(({ replaces }) => replaces === null)?.expiresAt ?? '') - Date.now()
    expect(graceMs).toBeGreaterThan(50 * 60_000)
    expect(graceMs).toBeLessThanOrEqual(60 * 60_000)
  })

  test('revoke a key after a question, with those that it created', async () => {
    const { secret } = await admin().key.create.mutate({ label: 'a former colleague', role: 'admin' })
    const made = await as(secret).key.create.mutate({ label: 'a script', role: 'bot' })
    await page.getByRole('button', { name: 'Revoke the key a former colleague' }).click()
    const question = dialog('Revoke the key “a former colleague”?')
    await question.getByText('a script').waitFor()
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    expect(await as(secret).key.whoAmI.query({})).toMatchObject({ role: 'admin' })
    await page.getByRole('button', { name: 'Revoke the key a former colleague' }).click()
    await question.getByLabel('Also revoke the keys that it created').press('Space')
    await question.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Keys that it created and that are revoked too: 1').waitFor()
    await eventually(() => entries('a former colleague').count()).toBe(0)
    for (const one of [secret, made.secret])
      await expect(as(one).key.whoAmI.query({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await page.getByLabel('Show keys that ended (2)').press('Space')
    await entries('a script').getByText('Revoked', { exact: true }).waitFor()
    await expectAccessible(page)
  })

  test('add a webhook, test it, and remove it', async () => {
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
    await page.getByRole('heading', { name: 'No webhook yet' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Add a webhook' }).click()
    const form = dialog('Add a webhook')
    const add = form.getByRole('button', { name: 'Add', exact: true })
    await form.getByLabel('Name').fill('bot')
    await form.getByLabel('Address').fill('ftp://example.com')
    await form.getByText('An address begins with http:// or https://.').waitFor()
    expect(await add.isEnabled()).toBe(false)
    await form.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`)
    await form.getByLabel('Numbers: each change of their status').press('Space')
    await expectAccessible(page)
    await add.click()
    await dialog('The webhook is added').waitFor()
    expect(await secretShown('Secret of bot')).toMatch(/^whsec_/)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Done' }).click()
    await entries('bot').getByText('Nothing posted yet').waitFor()
    await entries('bot').getByText('messages, outcomes, numbers').waitFor()

    await page.getByRole('button', { name: 'Test bot' }).click()
    await page.getByText('bot received the test').waitFor()
    await entries('bot')
      .getByText(/^Delivered, last at /)
      .waitFor()
    expect(received.length).toBe(1)
    answers = 500
    await page.getByRole('button', { name: 'Test bot' }).click()
    await page.getByText('bot did not receive the test').first().waitFor()
    await entries('bot')
      .getByText(/^Failed at /)
      .waitFor()
    await entries('bot').getByText(/500/).waitFor()
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Remove bot' }).click()
    await dialog('Remove the webhook bot?').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { name: 'No webhook yet' }).waitFor()
    expect(await admin().webhookEndpoint.list.query({})).toEqual([])
  })

  test('without ZAPFLEET_SECRET, the form of a webhook explains what to set', async () => {
    // The API of this fleet has the variable: the refusal is that of an API without it.
    await page.route('**/trpc/webhookEndpoint.create*', async (route) => {
      const message = 'ZAPFLEET_SECRET is not set, so no secret can be stored. Set it to …'
      const fleet = { code: 'INVALID_STATE', availableAt: null, reasons: {}, nextStep: null }
      const data = { code: 'PRECONDITION_FAILED', httpStatus: 412, fleet, requestId: 'x' }
      await route.fulfill({ status: 412, json: { error: { message, code: -32_012, data } } })
    })
    await page.getByRole('button', { name: 'Add a webhook' }).click()
    const form = dialog('Add a webhook')
    await form.getByLabel('Name').fill('bot')
    await form.getByLabel('Address').fill('https://bot.example.com/zapfleet')
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await form.getByText('openssl rand -hex 32').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.unroute('**/trpc/webhookEndpoint.create*')
    stage().forgive(/status of 412/)
  })

  test('add an alert route, send a test, change it without its secrets, and remove it', async () => {
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts?token=secret-of-slack`
    const stored = () => admin().alertRoute.list.query({})
    await page.getByRole('link', { name: 'Alert routes', exact: true }).click()
    await page.getByRole('heading', { name: 'No alert route yet' }).waitFor()
    await page.getByRole('button', { name: 'Add an alert route' }).click()
    const form = dialog('Add an alert route')
    const add = form.getByRole('button', { name: 'Add', exact: true })
    for (const kind of ['Telegram', 'E-mail', 'Webhook', 'Slack']) {
      await form.getByLabel('How').selectOption(kind)
      expect([kind, await add.isEnabled()]).toEqual([kind, false])
    }
    await form.getByLabel('Name').fill('team')
    await form.getByLabel('Address of the incoming webhook').fill(address)
    await form.getByLabel('Quiet hours').press('Space')
    await form.getByLabel('To', { exact: true }).fill('22:00')
    await form.getByText('Two different times, such as 22:00 and 07:00.').waitFor()
    expect(await add.isEnabled()).toBe(false)
    await form.getByLabel('To', { exact: true }).fill('06:30')
    await expectAccessible(page)
    await add.click()
    await entries('team').getByText('Nothing sent yet').waitFor()
    await entries('team').getByText('from warning on · quiet 22:00–06:30 · English').waitFor()
    expect(await page.content()).not.toContain('secret-of-slack')

    answers = 200
    await page.getByRole('button', { name: 'Send a test to team' }).click()
    await entries('team')
      .getByText(/^Delivered, last at /)
      .waitFor()
    await page.getByRole('button', { name: 'Change team' }).click()
    const change = dialog('Change the alert route team')
    await change.getByLabel('Which alerts').selectOption('Only critical ones')
    await change.getByLabel('Quiet hours').press('Space')
    await expectAccessible(page)
    await change.getByRole('button', { name: 'Save' }).click()
    await entries('team').getByText('critical only · English').waitFor()
    answers = 404
    await page.getByRole('button', { name: 'Send a test to team' }).click()
    await page.getByText('team did not receive the test').first().waitFor()
    await entries('team')
      .getByText(/^Failed at /)
      .waitFor()
    await expectAccessible(page)
    expect(await stored()).toMatchObject([{ name: 'team', minSeverity: 'critical', quietHours: null }])

    await page.getByRole('button', { name: 'Add an alert route' }).click()
    await form.getByLabel('How').selectOption('Webhook')
    await form.getByLabel('Name').fill('team')
    await form.getByLabel('Address', { exact: true }).fill('https://ops.example.com/alerts')
    await add.click()
    await form.getByText('There is an alert route of this name already.').waitFor()
    await form.getByLabel('Name').fill('ops')
    await add.click()
    expect(await secretShown('Secret of ops')).toMatch(/^whsec_/)
    await page.getByRole('button', { name: 'Done' }).click()
    for (const name of ['ops', 'team']) {
      await page.getByRole('button', { name: `Remove ${name}` }).click()
      await dialog(`Remove the alert route ${name}?`).getByRole('button', { name: 'Remove' }).click()
      await entries(name).waitFor({ state: 'detached' })
    }
    expect(await stored()).toEqual([])
    stage().forgive(/status of 409/)
  })

  test('the audit lists what was done, by act, key and outcome, with what changed', async () => {
    await page.getByRole('link', { name: 'Audit', exact: true }).click()
    await rows().filter({ hasText: 'Remove a webhook' }).first().waitFor()
    await expectAccessible(page)
    await admin().instance.update.mutate({ name: 'loja-02', hourlyCapacity: 77 })
    await expect(admin().instance.update.mutate({ name: 'nowhere', hourlyCapacity: 7 })).rejects.toThrow()
    await filter('Act').selectOption('Change a number')
    await filter('Outcome').selectOption('Failed')
    await eventually(() => rows().count()).toBe(1)
    await rows().first().getByText('It does not exist (any more).').waitFor()
    expect(new URL(page.url()).hash).toBe('#/settings/audit?act=instance.update&outcome=failed')
    await page.goBack()
    await rows().filter({ hasText: 'loja-02' }).first().getByText('Details').press('Enter')
    const changed = page.locator('.audit-details[open] tbody tr').filter({ hasText: 'hourlyCapacity' })
    await changed.getByText('77').waitFor()
    await expectAccessible(page)
    const colleague = (await admin().key.list.query({})).find(({ label }) => label === 'a former colleague')
    await filter('Act').selectOption('Every act')
    await filter('Key').selectOption(colleague?.id ?? '')
    await eventually(() => rows().locator('.audit-act').allTextContents()).toEqual(['Create a key'])
    await filter('Act').selectOption('All: numbers')
    await page.getByText('No act matches.').waitFor()
    await page.getByRole('button', { name: 'Show all acts' }).click()
    await eventually(() => rows().count()).toBeGreaterThan(5)
  })

  test('every act of the audit has words in both languages', async () => {
    const refusal = await admin()
      .audit.list.query({ act: 'nothing' })
      .catch((error: Error) => error.message)
    const acts = String(refusal).match(/\b[a-zA-Z]+\.[a-zA-Z]+\b/g) ?? []
    const named = [...new Set(acts)].filter((act) =>
      /^(contact|health|instance|key|server|\w+(Endpoint|Route))\./.test(act),
    )
    expect(named.length).toBeGreaterThan(20)
    for (const { audit } of [en, ptBR]) {
      expect(named.filter((act) => audit.acts[act] === undefined)).toEqual([])
      expect(named.filter((act) => audit.nouns[act.split('.')[0] ?? ''] === undefined)).toEqual([])
    }
  })

  test('of many acts, older ones are on the next page', async () => {
    const client = new pg.Client({ connectionString: stage().fleet.databaseUrl })
    await client.connect()
    await client.query(`insert into zapfleet.audit (at, request_id, key_id, key_label, address, act, target, outcome)
      select now(), 'many-' || n, 'MANY', 'many', '127.0.0.1', 'instance.restart', 'loja-02', case when n > 1 then 'done' end
      from generate_series(1, 60) n`)
    await client.end()
    await page.goto(`${stage().fleet.url}/#/settings/audit?key=MANY`)
    await eventually(() => rows().count()).toBe(50)
    await page.getByRole('button', { name: 'Older' }).click()
    await eventually(() => rows().count()).toBe(10)
    await rows().last().getByText('No end recorded').waitFor()
    await page.getByRole('button', { name: 'Newest' }).click()
    await eventually(() => rows().count()).toBe(50)
  })

  test('fit a phone in dark, in Portuguese', async () => {
    await admin().webhookEndpoint.create.mutate({
      name: 'sistema-de-vendas',
      url: `https://bot.example.com/${'x'.repeat(120)}`,
      events: ['message', 'outcome', 'instance'],
    })
    await admin().alertRoute.create.mutate({
      kind: 'email',
      name: 'plantao-da-madrugada',
      to: [`plantao@${'x'.repeat(60)}.example.com`, 'chefe@example.com'],
      smtpUrl: 'smtps://user:password@smtp.example.com:465',
      quietHours: { from: '22:00', to: '07:00' },
    })
    await page.evaluate(() => localStorage.setItem('zapfleet.language', 'pt-BR'))
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    for (const [name, heading] of [
      ['Auditoria', 'Reiniciar um número'],
      ['Chaves', 'the bot of the shop'],
      ['Webhooks', 'sistema-de-vendas'],
      ['Rotas de alerta', 'plantao-da-madrugada'],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.locator('.audit-act, .entry strong').filter({ hasText: heading }).first().waitFor()
      await expectAccessible(page)
      const [inside, wide] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect([name, inside]).toEqual([name, wide])
    }
    await page.getByRole('button', { name: 'Alterar plantao-da-madrugada' }).click()
    await dialog('Alterar a rota de alerta plantao-da-madrugada').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await admin().alertRoute.delete.mutate({ name: 'plantao-da-madrugada' })
    // Every place is in sight, without scrolling sideways.
    const nav = page.locator('.head-nav')
    expect(await nav.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)
    await admin().webhookEndpoint.delete.mutate({ name: 'sistema-de-vendas' })
  })

  test('are explained to a viewer, who gets none of them', async () => {
    const { secret } = await admin().key.create.mutate({ label: 'a screen on the wall', role: 'viewer' })
    const screen = await stage().enter(secret)
    await screen.getByRole('link', { name: 'Settings', exact: true }).click()
    await screen.getByRole('heading', { name: 'Settings are for admins' }).waitFor()
    await expectAccessible(screen)
    expect(await screen.getByRole('main').getByRole('button').count()).toBe(0)
    expect(await screen.getByRole('link', { name: 'Keys', exact: true }).count()).toBe(0)
  })

  test('make a key of pools, which is offered its numbers alone', async () => {
    const own = await stage().enter(ADMIN_KEY)
    await own.getByRole('link', { name: 'Settings', exact: true }).click()
    await own.getByRole('link', { name: 'Keys', exact: true }).click()
    await own.getByRole('button', { name: 'Create a key' }).click()
    const form = own.getByRole('dialog', { name: 'Create a key' })
    await form.getByLabel('What it may do').selectOption('admin')
    expect(await form.getByLabel('Its pools').count()).toBe(0)
    await form.getByLabel('What it may do').selectOption('viewer')
    await form.getByLabel('Its pools').fill('vendas, cobranca')
    await form.getByLabel('Who holds it').fill('the sales team')
    await expectAccessible(own)
    await form.getByRole('button', { name: 'Create' }).click()
    const secret = await own.getByLabel('Key “the sales team”').inputValue()
    await own.getByRole('button', { name: 'Done' }).click()
    await own.getByText('only cobranca, vendas').waitFor()

    const screen = await stage().enter(secret)
    const places = () => screen.locator('.head-nav').getByRole('link').allTextContents()
    await eventually(places).toEqual(['Fleet', 'Contacts', 'Who would send?'])
    expect(await screen.getByRole('link', { name: /^Alerts/ }).count()).toBe(0)
    await screen.getByRole('link', { name: 'Who would send?' }).click()
    await screen.getByLabel('Pool').selectOption('vendas')
    await expectAccessible(screen)
    // The address of another place shows the fleet.
    await screen.evaluate(() => location.assign('#/alerts'))
    await screen.getByRole('heading', { name: 'No numbers yet' }).waitFor()
  })
}
