import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_KEY } from './fleet.ts'
import { onStage } from './on-stage.ts'
import { eventually, rowOf } from './stage.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

onStage('a fleet of forty numbers', (stage) => {
  afterEach(() => stage().leave())
  beforeAll(async () => {
    const { admin, databaseUrl, simulator } = stage().fleet
    await admin.instance.create.mutate({ name: 'vendas-01' })
    simulator.control.scan('vendas-01')
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query(`insert into whatsapp_instances (nome, numero_telefone, status, status_motivo, status_desde, msgs_enviadas_hora)
      select 'marketing-norte-' || lpad(n::text, 3, '0'), '+55119876500' || lpad(n::text, 2, '0'),
        (array['connected', 'disconnected', 'banned'])[1 + n % 3], (array[null, 'LOGGED_OUT_BY_PHONE', 'BANNED'])[1 + n % 3],
        now() - interval '3 days', n % 20
      from generate_series(1, 39) n`)
    await client.end()
  })

  const makeDense = async (page: Page) => {
    await page.evaluate(() => localStorage.setItem('zapfleet.dense', '1'))
    await page.reload()
    await page.locator('.numbers-body [role=row]').first().waitFor()
  }
  /** Texts that are cut off: elements whose text is wider than the element. */
  const cutOff = (page: Page, selector: string) =>
    page
      .locator(selector)
      .evaluateAll((all) =>
        all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent),
      )

  describe.each(['en-GB', 'pt-BR'])('in %s', (locale) => {
    test('the dense list shows all of them at 1440 × 900, below both notices, with whole names and phone numbers', async () => {
      const page = await stage().enter(ADMIN_KEY, { locale })
      await makeDense(page)
      await page.locator('.banner').nth(1).waitFor()
      await eventually(() =>
        page
          .locator('.numbers-body [role=row]')
          .evaluateAll(
            (rows) => rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length,
          ),
      ).toBe(40)
      expect(await page.locator('.number-phone').count()).toBe(39)
      expect(await cutOff(page, '.number-phone, .number-link, .use-figures')).toEqual([])
    })

    test('on the narrowest phones no place of the head is cut off', async () => {
      for (const width of [360, 375]) {
        const page = await stage().enter(ADMIN_KEY, { locale, ...PHONE, viewport: { width, height: 740 } })
        await page.locator('.head-nav a').last().click()
        await page.locator('.settings-sections').waitFor()
        expect(await cutOff(page, '.head-nav, .head-nav a')).toEqual([])
        const ends = await page
          .locator('.head-nav a')
          .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right))
        expect(Math.max(...ends)).toBeLessThanOrEqual(width)
      }
    })

    test('on a phone the list is dense too, and neither the order nor the search is cut off', async () => {
      const page = await stage().enter(ADMIN_KEY, { locale, ...PHONE })
      const rowHeight = async () => (await rowOf(page, 'vendas-01').boundingBox())?.height ?? 0
      const search = page.locator('.search .input')
      await search.fill('vendas')
      await rowOf(page, 'vendas-01').waitFor()
      const usual = await rowHeight()
      await makeDense(page)
      await eventually(rowHeight).toBeLessThan(usual)
      const room = await page.evaluate(() => {
        const canvas = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D
        const measure = (element: Element, text: string) => {
          const style = getComputedStyle(element)
          canvas.font = style.font
          const inside =
            element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
          return inside - canvas.measureText(text).width
        }
        const [select, input] = ['.sorting select', '.search .input'].map((one) =>
          document.querySelector(one),
        ) as [HTMLSelectElement, HTMLInputElement]
        return [
          ...[...select.options].map((option) => measure(select, option.text)),
          measure(input, input.placeholder),
        ]
      })
      expect(Math.min(...room)).toBeGreaterThanOrEqual(0)
      const [inside, wide] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect(inside).toBe(wide)
    })
  })

  describe('text that is not saved', () => {
    const question = (page: Page) => page.getByRole('dialog', { name: 'Discard your changes?' })

    test('survives the back button until a question is answered', async () => {
      const page = await stage().enter(ADMIN_KEY)
      await page.getByLabel('Search name or phone').fill('vendas')
      await rowOf(page, 'vendas-01').getByRole('link').click()
      const field = page.getByLabel('Messages an hour')
      await field.fill('91')
      await page.goBack()
      const keep = question(page).getByRole('button', { name: 'Keep editing' })
      await eventually(() => keep.evaluate((one) => one === document.activeElement)).toBe(true)
      await page.keyboard.press('Enter')
      await question(page).waitFor({ state: 'hidden' })
      expect(await field.inputValue()).toBe('91')
      expect(new URL(page.url()).hash).toBe('#/numbers/vendas-01?q=vendas')
      await page.goBack()
      await question(page).getByRole('button', { name: 'Discard' }).click()
      await page.getByRole('dialog', { name: 'vendas-01' }).waitFor({ state: 'hidden' })
      expect(new URL(page.url()).hash).toBe('#/?q=vendas')
      expect((await stage().fleet.admin.instance.get.query({ name: 'vendas-01' })).hourlyCapacity).toBe(20)
    })

    test('makes the browser ask before the tab closes, until it is saved', async () => {
      const page = await stage().enter(ADMIN_KEY)
      await page.goto(`${stage().fleet.url}/#/numbers/vendas-01`)
      const asked: string[] = []
      page.on('dialog', (dialog) => {
        asked.push(dialog.type())
        void dialog.dismiss()
      })
      await page.getByLabel('Messages an hour').fill('33')
      await page.evaluate(() => location.reload()).catch(() => undefined)
      await eventually(() => asked).toEqual(['beforeunload'])
      expect(await page.getByLabel('Messages an hour').inputValue()).toBe('33')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved').waitFor()
      await page.reload()
      await page.getByLabel('Messages an hour').waitFor()
      expect(asked).toHaveLength(1)
    })

    test('stays when it was typed while an earlier change was saved', async () => {
      const page = await stage().enter(ADMIN_KEY)
      await page.goto(`${stage().fleet.url}/#/numbers/vendas-01`)
      await page.route('**/instance.update*', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        await route.continue()
      })
      await page.getByLabel('Messages an hour').fill('44')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByLabel('Messages a day').fill('444')
      await page.getByText('Saved').waitFor()
      expect(await page.getByLabel('Messages a day').inputValue()).toBe('444')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await eventually(() => stage().fleet.admin.instance.get.query({ name: 'vendas-01' })).toMatchObject({
        hourlyCapacity: 44,
        dailyCapacity: 444,
      })
    })

    test('of a pause that was cancelled is shown again with the question', async () => {
      const page = await stage().enter(ADMIN_KEY)
      await page.goto(`${stage().fleet.url}/#/numbers/vendas-01`)
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByLabel('Why? (optional)').fill('complaints from three customers')
      await page.keyboard.press('Escape')
      await page.getByLabel('Why? (optional)').waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Pause' }).click()
      expect(await page.getByLabel('Why? (optional)').inputValue()).toBe('complaints from three customers')
      await page
        .getByRole('dialog', { name: 'Pause vendas-01?' })
        .getByRole('button', { name: 'Pause' })
        .click()
      await page.getByRole('button', { name: 'Resume' }).click()
      await page.getByRole('button', { name: 'Pause' }).click()
      expect(await page.getByLabel('Why? (optional)').inputValue()).toBe('')
    })
  })
})
