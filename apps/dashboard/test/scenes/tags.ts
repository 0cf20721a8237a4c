import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected, haveNone } from '../have-number.ts'
import { eventually, expectAccessible, rowOf, type Stage } from '../stage.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** Tags of numbers: set, shown, filtered by, and chosen as a pool. */
export function tagScenes(stage: () => Stage): void {
  let page: Page
  const admin = () => stage().fleet.admin
  const tagsOf = async (name: string) => (await admin().instance.get.query({ name })).tags
  const filter = () => page.getByLabel('Filter by tag')
  const rows = () => page.locator('.numbers-body [role=row]')
  const named = () => rows().evaluateAll((all) => all.map((row) => row.getAttribute('data-name')).sort())
  const drawer = () => page.getByRole('dialog', { name: 'loja-01', exact: true })
  const field = () => drawer().getByRole('textbox', { name: 'Tags' })
  const chips = () => drawer().locator('.tags-input .tag-name').allTextContents()

  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-01')
    await haveConnected(stage().fleet, 'loja-02')
    await haveNone(stage().fleet, 'pool-01')
    page = await stage().enter(ADMIN_KEY)
  })
  afterAll(async () => {
    await haveNone(stage().fleet, 'pool-01')
    for (const name of ['loja-01', 'loja-02']) await admin().instance.update.mutate({ name, tags: [] })
  })

  test('a fleet without tags has neither a filter by tag nor a choice of a pool', async () => {
    await rowOf(page, 'loja-01').waitFor()
    expect(await filter().count()).toBe(0)
    expect(await page.locator('.number-tags').count()).toBe(0)
    await page.getByRole('link', { name: 'Who would send?' }).click()
    await page.getByLabel('Strategy').waitFor()
    expect(await page.getByLabel('Pool').count()).toBe(0)
    await page.getByRole('link', { name: 'Fleet', exact: true }).click()
  })

  test('tags are typed with Enter and commas, removed by keyboard, and saved with what is typed', async () => {
    await admin().instance.update.mutate({ name: 'loja-02', tags: ['vendas', 'sul'] })
    await rowOf(page, 'loja-01').getByRole('link').click()
    await field().focus()
    await page.keyboard.type('vip,wrong,norte')
    await page.keyboard.press('Enter')
    expect(await chips()).toEqual(['vip', 'wrong', 'norte'])
    await page.keyboard.press('Backspace')
    expect(await chips()).toEqual(['vip', 'wrong'])
    await page.keyboard.press('Shift+Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Remove tag wrong',
    )
    await page.keyboard.press('Delete')
    expect(await chips()).toEqual(['vip'])
    expect(await field().evaluate((one) => one === document.activeElement)).toBe(true)
    await drawer().getByText('Removed: wrong').waitFor({ state: 'attached' })
    await page.keyboard.type('x'.repeat(51))
    await drawer().getByText('is no tag: use 1 to 50 characters.').waitFor()
    expect(await drawer().getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true)
    await field().fill('VEN')
    await drawer().getByRole('button', { name: 'Add tag vendas' }).click()
    await field().pressSequentially('sp')
    await expectAccessible(page)
    await drawer().getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved').waitFor()
    expect(await tagsOf('loja-01')).toEqual(['sp', 'vendas', 'vip'])
    await page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'hidden' })
  })

  test('a row names its tags, and a link at the head of a number shows those with the tag', async () => {
    await eventually(() => rowOf(page, 'loja-01').locator('.number-tags').textContent()).toContain(
      'Tags: sp, vendas, vip',
    )
    await rowOf(page, 'loja-01').getByRole('link').click()
    await drawer().getByRole('link', { name: 'Show numbers with the tag vip' }).click()
    await eventually(() => new URL(page.url()).hash).toBe('#/?tag=vip')
    await eventually(named).toEqual(['loja-01'])
    await page.getByText('Numbers with the tag vip').waitFor()
    await page.getByRole('button', { name: 'Show all numbers' }).click()
    await eventually(() => new URL(page.url()).hash).toBe('#/')
  })

  test('the filter by tag is in the address, counts its numbers alone, and works with search and status', async () => {
    expect(await filter().locator('option').allTextContents()).toEqual([
      'All tags',
      'sp (1)',
      'sul (1)',
      'vendas (2)',
      'vip (1)',
    ])
    await filter().selectOption('vendas')
    await eventually(named).toEqual(['loja-01', 'loja-02'])
    await page.getByRole('button', { name: 'Connected 2' }).click()
    await page.getByLabel('Search name or phone').fill('02')
    await eventually(() => new URL(page.url()).hash).toBe('#/?filter=connected&tag=vendas&q=02')
    await page.reload()
    await eventually(named).toEqual(['loja-02'])
    expect(await filter().inputValue()).toBe('vendas')
    await expectAccessible(page)
    // Another operator takes the tag away: the row leaves, and the address still names the tag.
    await admin().instance.update.mutate({ name: 'loja-02', tags: ['sul'] })
    await page.getByText('No number matches.').waitFor()
    await page.getByRole('button', { name: 'Show all numbers' }).last().click()
    await rowOf(page, 'loja-02').waitFor()
    await admin().instance.update.mutate({ name: 'loja-02', tags: ['vendas', 'sul'] })
  })

  test('a new number gets tags, of which those of other numbers are offered', async () => {
    await page.getByRole('button', { name: 'Add a number' }).click()
    await page.getByLabel('Name', { exact: true }).fill('pool-01')
    await page.getByRole('button', { name: 'Add tag sul' }).click()
    await page.getByRole('textbox', { name: 'Tags' }).pressSequentially('novos')
    await page.getByRole('button', { name: 'Create and show the code' }).click()
    await page.getByRole('dialog', { name: 'Pair pool-01' }).waitFor()
    expect(await tagsOf('pool-01')).toEqual(['novos', 'sul'])
    await page.keyboard.press('Escape')
  })

  test('who would send is limited to the numbers of a pool, with the number of the contact there', async () => {
    const contactId = 'pool-contact'
    await admin().reservation.reserve.mutate({ contactId, pool: 'vip' })
    await page.goto(`${stage().fleet.url}/#/ask`)
    await page.getByLabel('Contact').fill(contactId)
    await page.getByLabel('Pool').selectOption('sul')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByRole('heading', { name: 'loja-02 would send' }).waitFor()
    await page.getByText('This contact has no number in the pool sul yet.').waitFor()
    await page.getByRole('heading', { name: 'All numbers of the pool sul, in order' }).waitFor()
    expect((await page.locator('.candidates a').allTextContents()).sort()).toEqual(['loja-02', 'pool-01'])
    await page.getByLabel('Pool').selectOption('vip')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('This contact already uses this number.').waitFor()
    await page.getByLabel('Pool').selectOption('None: the whole fleet')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('This contact has no number yet.').waitFor()
    await expectAccessible(page)
  })

  test('on a phone the filter by tag is beside the order, and nothing is wider than the screen', async () => {
    const phone = await stage().enter(ADMIN_KEY, { ...PHONE, locale: 'pt-BR', colorScheme: 'dark' })
    await phone.getByLabel('Filtrar por etiqueta').selectOption('vendas')
    await phone.getByText('Números com a etiqueta vendas').waitFor()
    const [tag, order, search] = await Promise.all(
      ['.list-filter', '.sorting', '.search'].map((one) => phone.locator(one).boundingBox()),
    )
    expect(tag?.y).toBe(order?.y)
    expect(search?.y).toBeGreaterThan(tag?.y ?? Number.NaN)
    const [inside, wide] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(inside).toBe(wide)
    await expectAccessible(phone)
    await phone.goto(`${stage().fleet.url}/#/numbers/loja-01`)
    await phone.getByRole('button', { name: 'Remover a etiqueta vip' }).tap()
    await phone.getByRole('button', { name: 'Salvar alterações' }).click()
    await eventually(() => tagsOf('loja-01')).toEqual(['sp', 'vendas'])
  })
}
