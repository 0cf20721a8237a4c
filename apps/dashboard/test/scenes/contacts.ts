import { readFileSync } from 'node:fs'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected } from '../have-number.ts'
import { eventually, expectAccessible, type Stage } from '../stage.ts'

const PERSON = '5547988887777'
const SHOWN = '+55 47 98888-7777'

/** The place of contacts: what it shows of a person, and the acts. */
export function contactScenes(stage: () => Stage): void {
  let page: Page
  const admin = () => stage().fleet.admin
  const contact = () => page.getByRole('article')
  const field = () => page.getByLabel('Phone or id')
  const show = async (text: string) => {
    await field().fill(text)
    await field().press('Enter')
  }
  const act = (name: string) => contact().getByRole('button', { name }).click()
  const hasFocus = (name: string) => () =>
    page.getByRole('button', { name }).evaluate((one) => one === document.activeElement)

  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-02')
    await haveConnected(stage().fleet, 'loja-03')
    await admin().contact.setPreference.mutate({ id: PERSON, instanceName: 'loja-02' })
    const client = new pg.Client({ connectionString: stage().fleet.databaseUrl })
    await client.connect()
    await client.query(`insert into zapfleet.conversations (contact_id, instance_name, last_sent_at, last_inbound_at) values
      ('${PERSON}', 'loja-02', now() - interval '2 hours', null),
      ('${PERSON}', 'loja-03', now() - interval '3 days', now() - interval '5 minutes'),
      ('other-person', 'loja-02', now() - interval '1 hour', null)`)
    await client.query(
      `update zapfleet.contacts set last_inbound_at = now() - interval '5 minutes', last_inbound_instance = 'loja-03' where id = '${PERSON}'`,
    )
    await client.end()
    page = await stage().enter(ADMIN_KEY)
  })

  test('of a contact that no number serves it shows what will be here', async () => {
    await page.getByRole('link', { name: 'Contacts', exact: true }).click()
    await page.getByText('Shows one person').waitFor()
    await expectAccessible(page)
    await show('maria-nova')
    await contact().getByText('No number serves this contact yet.').waitFor()
    await contact()
      .getByRole('heading', { name: /would send$/ })
      .waitFor()
    await expectAccessible(page)
    // Digits without the country code are an id that bots may use, and probably a phone.
    await show('47988887777')
    await contact()
      .getByRole('button', { name: `Show ${SHOWN} instead` })
      .click()
    await contact().getByRole('heading', { name: SHOWN }).waitFor()
    expect(await field().evaluate((one) => one === document.activeElement)).toBe(true)
  })

  test('of a phone as people write it shows the number and why, the last message, and conversations on request', async () => {
    await field().fill('47 98888-7777')
    await page.getByText(`Read as ${SHOWN}`).waitFor()
    await field().press('Enter')
    await contact().getByRole('heading', { name: SHOWN }).waitFor()
    await contact()
      .getByText(/loja-03 · \d+ min ago/)
      .waitFor()
    await contact().getByRole('heading', { name: 'loja-02 would send' }).waitFor()
    await contact().getByText('This contact already uses this number.').waitFor()
    await contact().getByText('All numbers, in order').click()
    await contact().getByRole('listitem').filter({ hasText: 'loja-03' }).waitFor()
    // The export reads whole tables.
    expect(stage().addresses.filter((address) => address.includes('contact.export'))).toEqual([])
    await act('Show conversations')
    await eventually(() => contact().locator('.conversations tbody th').allTextContents()).toEqual([
      'loja-03',
      'loja-02',
    ])
    await contact()
      .getByRole('row', { name: /^loja-02 2 hr ago –$/ })
      .waitFor()
    expect(
      await contact()
        .getByRole('heading', { name: 'Conversations' })
        .evaluate((one) => one === document.activeElement),
    ).toBe(true)
    await expectAccessible(page)
  })

  test('is in no address, and the back button and a reload return to it', async () => {
    expect(new URL(page.url()).hash).toBe('#/contacts')
    await show('maria-nova')
    await contact().getByText('No number serves this contact yet.').waitFor()
    await page.goBack()
    await contact().getByRole('heading', { name: SHOWN }).waitFor()
    await page.reload()
    await contact().getByRole('heading', { name: SHOWN }).waitFor()
    await page.getByRole('link', { name: 'Contacts', exact: true }).click()
    await page.getByText('Shows one person').waitFor()
    expect(await contact().count()).toBe(0)
    await page.goBack()
    await contact().getByRole('heading', { name: SHOWN }).waitFor()
    expect(stage().addresses.filter((address) => /988887777|maria-nova/.test(address))).toEqual([])
  })

  test('gets another number, and none', async () => {
    await act('Change number')
    const question = page.getByRole('dialog', { name: 'Which number serves this contact?' })
    await question.getByLabel('New number').selectOption('loja-03')
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Change number' }).click()
    await contact().getByRole('heading', { name: 'loja-03 would send' }).waitFor()
    expect(await admin().contact.get.query({ id: PERSON })).toMatchObject({ preferredInstance: 'loja-03' })
    await eventually(hasFocus('Change number')).toBe(true)
    await act('Clear number')
    await contact().getByText('This contact has no number yet.').waitFor()
    expect(await admin().contact.get.query({ id: PERSON })).toMatchObject({ preferredInstance: null })
    await eventually(hasFocus('Choose a number')).toBe(true)
  })

  test('is blocked with a reason, which “Who would send?” shows with the way to the contact', async () => {
    await act('Block…')
    const question = page.getByRole('dialog', { name: 'Block this contact?' })
    await question.getByLabel('Why? (optional)').fill('asked by phone')
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Block' }).click()
    await contact().locator('.contact-block').getByText('This contact is blocked').waitFor()
    await eventually(hasFocus('Unblock…')).toBe(true)
    await act('Show since when and why')
    await contact()
      .getByText(/^Blocked since \d/)
      .waitFor()
    await contact().getByText('“asked by phone”').waitFor()
    await expectAccessible(page)
    await expect(admin().reservation.reserve.mutate({ contactId: PERSON })).rejects.toMatchObject({
      code: 'CONTACT_BLOCKED',
    })
    await page.getByRole('link', { name: 'Who would send?' }).click()
    await page.getByRole('textbox', { name: 'Contact' }).fill(PERSON)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'This contact is blocked' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Show this contact' }).click()
    await contact().locator('.contact-block').getByText('This contact is blocked').waitFor()
    await act('Unblock…')
    await page
      .getByRole('dialog', { name: 'Unblock this contact?' })
      .getByRole('button', { name: 'Unblock' })
      .click()
    await contact()
      .getByRole('heading', { name: /would send$/ })
      .waitFor()
    expect(await admin().contact.get.query({ id: PERSON })).toMatchObject({ blocked: false })
    stage().forgive(/status of 403/)
  })

  test('gets another id, unless that has conversations too, and loses it', async () => {
    await act('Link an id…')
    const question = page.getByRole('dialog', { name: 'Link another id' })
    await question.getByLabel('Other id').fill('other-person')
    await question.getByRole('button', { name: 'Link an id' }).click()
    await question.getByText('These ids remain two contacts').waitFor()
    await expectAccessible(page)
    await question.getByLabel('Other id').fill('crm-4711')
    await question.getByRole('button', { name: 'Link an id' }).click()
    await contact().getByRole('listitem').filter({ hasText: 'crm-4711' }).waitFor()
    expect(await admin().contact.get.query({ id: 'crm-4711' })).toMatchObject({
      lastInbound: { instanceName: 'loja-03' },
    })
    await act('Unlink crm-4711')
    await page
      .getByRole('dialog', { name: 'Unlink crm-4711?' })
      .getByRole('button', { name: 'Unlink' })
      .click()
    await contact().getByText('No other id is linked.').waitFor()
    await eventually(hasFocus('Link an id…')).toBe(true)
    stage().forgive(/status of 409/)
  })

  test('with and without the ninth digit is one contact, until an admin separates them', async () => {
    const [long, short] = ['5547966665555', '554766665555']
    await admin().contact.setPreference.mutate({ id: short, instanceName: 'loja-02' })
    expect(await admin().contact.get.query({ id: long })).toMatchObject({ preferredInstance: 'loja-02' })
    await show(short)
    await act('Separate the forms…')
    const question = page.getByRole('dialog', { name: `Separate ${long}?` })
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Separate the forms' }).click()
    await page.getByText(`${long} is a separate contact`).waitFor()
    await admin().contact.setPreference.mutate({ id: long, instanceName: 'loja-02' })
    await admin().contact.setPreference.mutate({ id: short, instanceName: 'loja-03' })
    expect(await admin().contact.get.query({ id: long })).toMatchObject({ preferredInstance: 'loja-02' })
    await act('Separate the forms…')
    await question.getByRole('button', { name: 'Separate the forms' }).click()
    await question.getByText('These are two contacts already.').waitFor()
    await page.keyboard.press('Escape')
    await show(PERSON)
    await contact().getByRole('heading', { name: SHOWN }).waitFor()
    stage().forgive(/status of 404/)
  })

  test('is read by a viewer’s key, which may not change it', async () => {
    const { secret } = await admin().key.create.mutate({ label: 'a second screen', role: 'viewer' })
    const screen = await stage().enter(secret)
    await screen.getByRole('link', { name: 'Contacts', exact: true }).click()
    await screen.getByLabel('Phone or id').fill(PERSON)
    await screen.keyboard.press('Enter')
    const shown = screen.getByRole('article')
    await shown.getByRole('heading', { name: /would send$/ }).waitFor()
    await shown.getByText('Only an admin key may read conversations').waitFor()
    expect(await shown.getByRole('button').count()).toBe(0)
    await screen.context().close()
  })

  test('fits a phone in dark, in Portuguese', async () => {
    await page.evaluate(() => localStorage.setItem('zapfleet.language', 'pt-BR'))
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    await contact().getByText('Última mensagem recebida').waitFor()
    await act('Mostrar conversas')
    await contact().locator('.conversations').waitFor()
    await expectAccessible(page)
    const [inside, wide] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(inside).toBe(wide)
    const links = page.getByRole('navigation').getByRole('link')
    const heights = await links.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
    expect(new Set(heights).size).toBe(1)
    expect(heights[0]).toBeLessThan(40)
    await page.evaluate(() => localStorage.setItem('zapfleet.language', 'en'))
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.reload()
  })

  test('is exported as a file of JSON whose name has no id', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), act('Export')])
    expect(download.suggestedFilename()).toMatch(/^zapfleet-contact-\d{4}-\d\d-\d\d\.json$/)
    const stored = JSON.parse(readFileSync(await download.path(), 'utf8'))
    const now = await admin().contact.export.query({ id: `+${PERSON}` })
    expect(stored).toEqual({ ...now, id: PERSON, exportedAt: stored.exportedAt })
    expect(stored.conversations).toMatchObject([{ instanceName: 'loja-02' }, { instanceName: 'loja-03' }])
  })

  test('is forgotten only after its id was typed', async () => {
    await act('Forget…')
    const question = page.getByRole('dialog', { name: 'Forget this contact?' })
    await question.getByText('This cannot be undone.').waitFor()
    const button = question.getByRole('button', { name: 'Forget' })
    await question.getByRole('textbox').fill('5547988887')
    expect(await button.isEnabled()).toBe(false)
    await question.getByRole('textbox').fill(SHOWN)
    await expectAccessible(page)
    await button.click()
    await page.getByText('The contact is forgotten').waitFor()
    await page.getByText('Shows one person').waitFor()
    await eventually(() => field().evaluate((one) => one === document.activeElement)).toBe(true)
    expect(await admin().contact.get.query({ id: PERSON })).toMatchObject({
      preferredInstance: null,
      lastInbound: null,
    })
  })
}
