import pg from 'pg'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected, haveNone } from '../have-number.ts'
import { eventually, expectAccessible, type Stage } from '../stage.ts'

const PERSON = '5547977770001'
const SHOWN = '+55 47 97777-0001'
const WITHOUT_WHATSAPP = '5547977770009'

/** The place of messages, and the test message of a number. The first scene needs a fleet that has sent none. */
export function messageScenes(stage: () => Stage): void {
  let page: Page
  const admin = () => stage().fleet.admin
  const control = () => stage().fleet.simulator.control
  const drawer = () => page.getByRole('dialog').filter({ has: page.locator('.message') })
  const rows = () => page.locator('.messages-table tbody tr')
  // WhatsApp has Brazilian numbers under one of their two forms.
  const received = () => Object.values(control().received(PERSON)).flat()
  const texts = () => received().map(({ instance, text }) => `${instance}: ${text}`)

  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-02')
    await haveConnected(stage().fleet, 'loja-03')
    await admin().contact.setPreference.mutate({ id: PERSON, instanceName: 'loja-03' })
    control().setNumberMissing(WITHOUT_WHATSAPP, true)
    page = await stage().enter(ADMIN_KEY)
  })

  test('shows how to begin, then which number would send, and follows the message until it is read', async () => {
    await page.getByRole('link', { name: 'Messages', exact: true }).click()
    await page.getByRole('heading', { name: 'No messages yet' }).waitFor()
    await page.getByText(`createFleetClient({ url: '${stage().fleet.url}'`).waitFor()
    await page.getByText('No message waits now').waitFor()
    await expectAccessible(page)
    // The answer of the first request is lost: the client repeats it with the same key.
    let requests = 0
    await page.route('**/message.send*', async (route) => {
      requests++
      if (requests > 1) return route.continue()
      await route.fetch()
      await route.abort()
    })
    await page.getByRole('button', { name: 'Send a message' }).click()
    const form = page.getByRole('dialog', { name: 'Send a message' })
    await form.getByLabel('Recipient').fill('47977770001')
    await form.getByRole('button', { name: `Send to ${SHOWN} instead` }).click()
    await form.getByText(`Read as ${SHOWN}`).waitFor()
    await form.getByRole('heading', { name: 'loja-03 would send' }).waitFor()
    await form.getByText('This contact already uses this number.').waitFor()
    const send = form.getByRole('button', { name: 'Send', exact: true })
    expect(await send.isEnabled()).toBe(false)
    await form.getByRole('textbox', { name: 'Text' }).fill('boa tarde')
    await expectAccessible(page)
    await send.click()
    await drawer().getByText('WhatsApp has it. No phone has confirmed it yet.').waitFor()
    await drawer().getByRole('heading', { name: SHOWN }).waitFor()
    await expectAccessible(page)
    stage().forgive(/ERR_FAILED/)
    expect(requests).toBe(2)
    expect(texts()).toEqual(['loja-03: boa tarde'])
    const [{ id = '' } = {}] = received()
    control().receipts('loja-03', id, ['DELIVERY_ACK', 'READ'])
    await drawer().getByText('The recipient read it.').waitFor()
    await page.keyboard.press('Escape')
    await rows().filter({ hasText: SHOWN }).getByText('Read', { exact: true }).waitFor()
  })

  test('is refused where none can send, and the form stays', async () => {
    for (const name of ['loja-02', 'loja-03']) await admin().instance.update.mutate({ name, paused: true })
    await page.getByRole('button', { name: 'Send a message' }).click()
    const form = page.getByRole('dialog', { name: 'Send a message' })
    await form.getByLabel('Recipient').fill(PERSON)
    await form.getByRole('heading', { name: 'No number can send now' }).waitFor()
    await form.getByLabel('What').selectOption('Image')
    await form.getByLabel('Address of the file').fill('ftp://example.com/a.png')
    await form.getByText('An address begins with http:// or https://.').waitFor()
    await form.getByLabel('Address of the file').fill('https://example.com/a.png')
    await form.getByRole('button', { name: 'Send', exact: true }).click()
    await form.getByText('No number can send it now. Choose how long it may wait').waitFor()
    await expectAccessible(page)
    await form.getByLabel('How long may it wait?').selectOption('1 hour')
    await form.getByRole('button', { name: 'Send', exact: true }).click()
    await drawer().getByText('waits for a number that can send').waitFor()
    stage().forgive(/status of 429/)
  })

  test('is canceled while it waits', async () => {
    await drawer().getByRole('button', { name: 'Cancel the message…' }).click()
    const question = page.getByRole('dialog', { name: 'Cancel this message?' })
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Cancel the message' }).click()
    await drawer().getByText('It was canceled before it was sent.').waitFor()
    await drawer().getByText('No number tried it.').waitFor()
    await eventually(() =>
      drawer()
        .getByRole('heading', { name: SHOWN })
        .evaluate((one) => one === document.activeElement),
    ).toBe(true)
    expect(await admin().message.list.query({ state: 'canceled' })).toHaveLength(1)
    await page.keyboard.press('Escape')
    for (const name of ['loja-02', 'loja-03']) await admin().instance.update.mutate({ name, paused: false })
  })

  test('is found by state, number and contact, with its reason and every attempt', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString()
    await admin().message.send.mutate({ to: '5547977770002', text: 'bom dia', sendAt })
    await admin().message.send.mutate({ to: WITHOUT_WHATSAPP, text: 'boa tarde', exclude: ['loja-03'] })
    const failed = rows().filter({ hasText: '+55 47 97777-0009' })
    await failed.getByText('the recipient has no WhatsApp').waitFor()
    await page.getByLabel('State').selectOption('Failed')
    await eventually(() => rows().count()).toBe(1)
    await page.getByLabel('Number', { exact: true }).selectOption('loja-02')
    expect(new URL(page.url()).hash).toBe('#/messages?state=failed&number=loja-02')
    await failed.getByRole('link').press('Enter')
    await drawer().getByRole('listitem').filter({ hasText: 'loja-02' }).waitFor()
    await drawer().getByText('In the words of the API').click()
    await drawer().getByText('this number is not on WhatsApp').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByLabel('Contact or id of a message').fill('(47) 97777-0001')
    await page.keyboard.press('Enter')
    await page.getByText('No message matches.').waitFor()
    await page.getByLabel('State').selectOption('Any state')
    await page.getByLabel('Number', { exact: true }).selectOption('loja-03')
    await eventually(() => rows().count()).toBe(1)
    await page.goBack()
    await page.goBack()
    await page.getByText('No message matches.').waitFor()
    await page.getByRole('button', { name: 'Show all messages' }).click()
    await eventually(() => rows().count()).toBe(4)
    await rows().filter({ hasText: '+55 47 97777-0002' }).getByText('waits until its time').waitFor()
    expect(stage().addresses.filter((address) => /97777/.test(address))).toEqual([])
  })

  test('of many, older ones are on the next page, and one that is not certain is never sent again', async () => {
    const client = new pg.Client({ connectionString: stage().fleet.databaseUrl })
    await client.connect()
    await client.query(`insert into zapfleet.messages
      (id, recipient, contact_id, content, content_bytes, options, state, input_hash, created_at, due_at, scheduled, valid_until, instance_name, attempts, error, ended_at)
      select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '554797777' || lpad(n::text, 4, '0'), 'old-' || n, null, 1,
        '{"strategy":"sticky","fallback":"move","exclude":[],"failover":2,"validForS":0}', 'unknown', 'x', now() - interval '2 days', now() - interval '2 days', false,
        now() - interval '2 days', 'loja-02', '[{"instanceName":"loja-02","at":"2026-11-28T10:00:00.000Z","result":"unknown"}]', 'No answer.', now() - interval '2 days'
      from generate_series(1, 50) n`)
    await client.end()
    await eventually(() => rows().count()).toBe(50)
    await page.getByRole('button', { name: 'Older' }).click()
    await eventually(() => rows().count()).toBe(4)
    await rows().first().getByText('sent or not, nothing was reported').waitFor()
    await rows().first().getByRole('link').click()
    await drawer().getByText('It is never sent again, because the recipient could get it twice.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Newest' }).click()
    await eventually(() => rows().count()).toBe(50)
    await page.getByText('1 scheduled').waitFor()
    await page.getByText('Messages wait, and no sender runs.').waitFor()
    await page.goto(`${stage().fleet.url}/#/numbers/loja-03`)
    await page.getByRole('link', { name: 'Messages that zapfleet sent through it' }).click()
    await eventually(() => rows().count()).toBe(1)
    await rows().first().getByRole('link').click()
    await drawer().getByRole('link', { name: SHOWN }).click()
    await page.getByRole('link', { name: 'Messages that zapfleet sent to it' }).click()
    await eventually(() => rows().getByRole('link').allTextContents()).toEqual([SHOWN, SHOWN])
  })

  test('tests a number: exactly this one sends, and the contact keeps its number', async () => {
    const { sentToday } = await admin().instance.get.query({ name: 'loja-02' })
    await page.goto(`${stage().fleet.url}/#/numbers/loja-02`)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Send a test message…' }).click()
    const test = page.getByRole('dialog', { name: 'Test loja-02' })
    await test.getByText('It counts as one message of loja-02').waitFor()
    await test.getByLabel('Your own phone').fill('(47) 97777-0001')
    await test.getByText(`Read as ${SHOWN}`).waitFor()
    await expectAccessible(page)
    await test.getByRole('button', { name: 'Send', exact: true }).click()
    await test.getByText('WhatsApp has it.').waitFor()
    await expectAccessible(page)
    expect(texts()).toEqual(['loja-03: boa tarde', 'loja-02: Test message through loja-02'])
    expect(await admin().contact.get.query({ id: PERSON })).toMatchObject({ preferredInstance: 'loja-03' })
    expect(await admin().instance.get.query({ name: 'loja-02' })).toMatchObject({ sentToday: sentToday + 1 })
    await test.getByRole('button', { name: 'Open the message' }).click()
    await drawer().getByText('WhatsApp has it.').waitFor()
  })

  test('fits a phone in dark, in Portuguese', async () => {
    await page.evaluate(() => localStorage.setItem('zapfleet.language', 'pt-BR'))
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    await drawer().getByText('O WhatsApp já tem a mensagem.').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await rows().first().waitFor()
    await expectAccessible(page)
    const [inside, wide] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(inside).toBe(wide)
  })

  test('is opened by its id with a viewer’s key, which gets no list and no act', async () => {
    const { secret } = await admin().key.create.mutate({ label: 'a second screen', role: 'viewer' })
    const [message] = await admin().message.list.query({ contactId: PERSON, limit: 1 })
    const screen = await stage().enter(secret)
    await screen.getByRole('link', { name: 'Messages', exact: true }).click()
    await screen.getByText('Only an admin key may list messages').waitFor()
    await expectAccessible(screen)
    expect(await screen.getByRole('button', { name: 'Send a message' }).count()).toBe(0)
    await screen.getByLabel('Id of the message').fill(message?.id ?? '')
    await screen.keyboard.press('Enter')
    await screen.getByRole('dialog').getByRole('heading', { name: SHOWN }).waitFor()
    await screen.goto(`${stage().fleet.url}/#/messages/00000000-0000-7000-8000-999999999999`)
    await screen.getByText('There is no such message').waitFor()
    stage().forgive(/status of 404/)
    await haveNone(stage().fleet, 'loja-03')
  })
}
