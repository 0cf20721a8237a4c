import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected } from '../have-number.ts'
import { eventually, expectAccessible, rowOf, type Stage } from '../stage.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** The daily work of operators: filter, edit, and read many numbers at once. */
export function operatorScenes(stage: () => Stage): void {
  beforeAll(() => haveConnected(stage().fleet, 'loja-02'))

  test('filter and search are in the address, and the back button returns', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await page.getByRole('button', { name: /^Connected/ }).click()
    await eventually(() => new URL(page.url()).hash).toBe('#/?filter=connected')
    await page.getByLabel('Search name or phone').fill('loja')
    await eventually(() => new URL(page.url()).hash).toBe('#/?filter=connected&q=loja')
    await page.reload()
    await rowOf(page, 'loja-02').waitFor()
    expect(await page.getByLabel('Search name or phone').inputValue()).toBe('loja')
    await page.goBack()
    await eventually(() => page.getByRole('button', { name: /^All/ }).getAttribute('aria-pressed')).toBe(
      'true',
    )
  })

  test('Esc does not discard what was typed without a question, and the question dims the drawer', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await rowOf(page, 'loja-02').getByRole('link').click()
    const field = page.getByLabel('Messages an hour')
    await field.fill('91')
    await page.keyboard.press('Escape')
    const question = page.getByRole('dialog', { name: 'Discard your changes?' })
    await question.waitFor()
    const over = await page.evaluate(
      () => document.elementFromPoint(innerWidth - 20, innerHeight - 20)?.className,
    )
    expect(over).toContain('veil-dialog')
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Keep editing' }).click()
    expect(await field.inputValue()).toBe('91')
    await page.keyboard.press('Escape')
    await question.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog', { name: 'loja-02' }).waitFor({ state: 'hidden' })
  })

  test('on a phone the button that adds a number covers nothing', async () => {
    const page = await stage().enter(ADMIN_KEY, PHONE)
    const add = page.getByRole('button', { name: 'Add a number' })
    expect(await add.evaluate((one) => getComputedStyle(one).position)).not.toBe('fixed')
    expect((await add.boundingBox())?.y).toBeLessThan(60)
  })

  test('the uptime of a number that is minutes old names the time that is recorded', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await rowOf(page, 'loja-02').getByRole('link').click()
    await page
      .locator('.uptimes')
      .getByText(/since the record began$/)
      .waitFor()
    expect(await page.locator('.uptimes').getByText('last 7 days').count()).toBe(0)
  })
}
