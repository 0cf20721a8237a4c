import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected } from '../have-number.ts'
import { eventually, expectAccessible, type Stage } from '../stage.ts'

const SERVER = '00000000-0000-7000-8000-000000000001'
const BANNED = '00000000-0000-7000-8000-000000000002'

/** The place of alerts and the link to it in the head. No scheduler runs here, so the scenes store what it would. */
export function alertScenes(stage: () => Stage): void {
  let page: Page
  let screen: Page
  let database: pg.Client
  const link = (one: Page) => one.getByRole('link', { name: /^Alerts: / })
  const cards = (one: Page) => one.locator('.alert')
  const open = (id: string, rule: string, severity: string, subject: string, facts: object, cause?: string) =>
    database.query(
      `insert into zapfleet.alerts (id, rule, severity, subject, cause, facts, opened_at)
      values ($1::uuid, $2, $3, $4, $5, $6, now() - interval '12 minutes')`,
      [id, rule, severity, subject, cause ?? null, facts],
    )

  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-02')
    database = new pg.Client({ connectionString: stage().fleet.databaseUrl })
    await database.connect()
    page = await stage().enter(ADMIN_KEY)
  })
  afterAll(() => database.end())

  test('without an open alert, the place explains what it is for', async () => {
    await page.getByRole('link', { name: 'Alerts: 0 open' }).press('Enter')
    await page.getByRole('heading', { name: 'No alert is open' }).waitFor()
    await page.getByText('No alert has ended yet.').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Alert routes in the settings' }).click()
    await page.getByRole('button', { name: 'Add an alert route' }).waitFor()
    await page.goBack()
  })

  test('the head counts what is open, and each alert has what to do and its number', async () => {
    await open(BANNED, 'number_banned', 'critical', 'loja-02', {})
    await open(SERVER, 'evolution_unreachable', 'critical', 'evolution', { problem: 'unreachable' })
    for (let n = 3; n <= 5; n++)
      await open(
        `00000000-0000-7000-8000-00000000000${n}`,
        'number_down',
        'warning',
        `fallen-${n}`,
        {},
        SERVER,
      )
    await database.query(
      `insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before, sent_at)
      values (gen_random_uuid(), 'night-shift', 'opened', array[$1::uuid], now(), now(), now())`,
      [BANNED],
    )
    await page.getByRole('link', { name: 'Alerts: 2 open' }).waitFor()
    expect(await link(page).textContent()).toBe('2')
    await eventually(() => cards(page).count()).toBe(2)
    const banned = cards(page).filter({ hasText: 'loja-02' })
    await banned.getByText('Critical', { exact: true }).waitFor()
    await banned.getByText(/^open for 1[2-4] min/).waitFor()
    await banned.getByText(/^For customers: /).waitFor()
    await banned.getByText(/^What to do: /).waitFor()
    await banned.getByText('Sent by: night-shift').waitFor()
    // The address of the page is that of this page.
    expect(await banned.textContent()).not.toContain('http')
    const server = cards(page).filter({ hasText: 'Evolution does not answer' })
    await server.getByText('Sent by no alert route.').waitFor()
    await server.getByText('Explains more alerts: 3').press('Enter')
    await server.getByText('fallen-3').waitFor()
    await expectAccessible(page)
    await banned.getByRole('link', { name: 'Open loja-02' }).click()
    await page.getByRole('dialog', { name: 'loja-02', exact: true }).waitFor()
    await page.keyboard.press('Escape')
  })

  test('a viewer reads them too', async () => {
    const { secret } = await stage().fleet.admin.key.create.mutate({
      label: 'a third screen',
      role: 'viewer',
    })
    screen = await stage().enter(secret)
    await link(screen).click()
    await eventually(() => cards(screen).count()).toBe(2)
    await expectAccessible(screen)
  })

  test('fit a phone in dark, in Portuguese, with the texts in Portuguese', async () => {
    await screen.evaluate(() => localStorage.setItem('zapfleet.language', 'pt-BR'))
    await screen.setViewportSize({ width: 390, height: 844 })
    await screen.emulateMedia({ colorScheme: 'dark' })
    await screen.reload()
    await screen.getByRole('link', { name: 'Alertas: 2 em aberto' }).waitFor()
    await cards(screen).filter({ hasText: 'loja-02' }).getByText('Crítico').waitFor()
    await cards(screen)
      .filter({ hasText: 'loja-02' })
      .getByText(/^O que fazer: /)
      .waitFor()
    await expectAccessible(screen)
    const [inside, wide] = await screen.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(inside).toBe(wide)
    // The head is one line: the mark, the link to the alerts and the menu.
    const tops = await screen
      .locator('.head-mark, .alerts-link, .head-end > button')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().y / 40)))
    expect(new Set(tops).size).toBe(1)
  })

  test('what ends is no longer counted and is in the history', async () => {
    await page.goto(`${stage().fleet.url}/#/alerts`)
    await eventually(() => cards(page).count()).toBe(2)
    await database.query(
      "update zapfleet.alerts set closed_at = now() where closed_at is null and rule <> 'number_banned'",
    )
    await page.getByRole('link', { name: 'Alerts: 1 open' }).waitFor()
    const past = page.getByRole('region', { name: 'History' }).getByRole('listitem')
    await eventually(() => past.count()).toBe(4)
    await past
      .filter({ hasText: 'fallen-3' })
      .getByText(/lasted 1[2-9] min/)
      .waitFor()
    await past.filter({ hasText: 'fallen-3' }).getByText('Warning').waitFor()
    await expectAccessible(page)
    await database.query('delete from zapfleet.alerts')
    await page.getByRole('heading', { name: 'No alert is open' }).waitFor()
  })
}
