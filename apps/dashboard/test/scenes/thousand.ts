import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { DIST } from '../build-page.ts'
import { ADMIN_KEY } from '../fleet.ts'
import { eventually, rowOf, type Stage } from '../stage.ts'

/** A fleet of a thousand numbers. Runs last, because it does not remove them. */
export function thousandScenes(stage: () => Stage): void {
  beforeAll(async () => {
    const client = new pg.Client({ connectionString: stage().fleet.databaseUrl })
    await client.connect()
    await client.query(`insert into whatsapp_instances (nome, numero_telefone, status, msgs_enviadas_hora, msgs_enviadas_dia)
      select 'mil-' || lpad(n::text, 4, '0'), '+551190000' || lpad(n::text, 4, '0'),
        (array['connected', 'connected', 'connected', 'disconnected', 'banned'])[1 + n % 5], n % 21, n % 101
      from generate_series(1, 1000) n`)
    await client.end()
  })

  test('the first content is there after one list of all numbers', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await page.reload()
    await page.getByText('1,00', { exact: false }).first().waitFor()
    // Both by the page's clock, from the start of the navigation. A list that begins later polls a stream that was cut.
    const { shownMs, lists } = await page.evaluate(() => {
      const shownMs = performance.getEntriesByName('zapfleet:fleet-shown')[0]?.startTime ?? null
      const lists = performance
        .getEntriesByType('resource')
        .filter(({ name, startTime }) => name.includes('instance.list') && startTime < (shownMs ?? 0))
      return { shownMs, lists: lists.map(({ name }) => name) }
    })
    console.log(`first content with 1,000 numbers: ${Math.round(shownMs ?? Number.NaN)} ms`)
    expect(shownMs).not.toBeNull()
    expect(lists).toHaveLength(1)
  })

  test('scrolls through all of them, of which only those on the screen are rendered', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await page.getByLabel('Sort by').selectOption('name', { force: true })
    const rows = page.locator('.numbers-body [role=row]')
    const { frameMs, most } = await page.evaluate(async () => {
      const frames: number[] = []
      let most = 0
      let last = performance.now()
      // The speed of a spun wheel: a row and a half a frame.
      for (let y = 0; y < 30_000; y += 100) {
        scrollTo(0, y)
        await new Promise(requestAnimationFrame)
        frames.push(performance.now() - last)
        last = performance.now()
        most = Math.max(most, document.querySelectorAll('.numbers-body [role=row]').length)
      }
      scrollTo(0, document.documentElement.scrollHeight)
      return { frameMs: frames.sort((one, other) => one - other)[frames.length >> 1] ?? 0, most }
    })
    console.log(`scrolling through 1,000 numbers: a frame each ${frameMs.toFixed(1)} ms`)
    expect(most).toBeLessThan(60)
    await rowOf(page, 'mil-1000').waitFor()
    expect(await rows.last().getAttribute('aria-rowindex')).toBe('1002')
    await page.getByLabel('Search name or phone').fill('90000 0777')
    await rowOf(page, 'mil-0777').waitFor()
    await eventually(() => rows.count()).toBe(1)
  })

  test('the dense list shows forty numbers at 1440 × 900 without scrolling, and stays dense', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await page.getByRole('button', { name: 'Account and settings' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Dense list' }).click()
    await page.reload()
    await page.locator('.numbers-body [role=row]').nth(39).waitFor()
    const fits = () =>
      page
        .locator('.numbers-body [role=row]')
        .evaluateAll((rows) => rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length)
    await eventually(fits).toBeGreaterThanOrEqual(40)
  })

  test('the page’s first JavaScript is at most 250 kB on the wire', () => {
    const page = readFileSync(join(DIST, 'index.html'), 'utf8')
    const first = [...page.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.js)"/g)].map(
      ([, file]) => file ?? '',
    )
    expect(first.length).toBeGreaterThan(0)
    const bytes = first.reduce((sum, file) => sum + readFileSync(join(DIST, `${file}.gz`)).length, 0)
    console.log(`first JavaScript: ${(bytes / 1000).toFixed(0)} kB gzipped`)
    expect(bytes).toBeLessThanOrEqual(250_000)
    expect(readdirSync(join(DIST, 'assets')).some((file) => file.endsWith('.br'))).toBe(true)
  })
}
