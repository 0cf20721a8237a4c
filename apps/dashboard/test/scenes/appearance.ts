import { beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected, haveLoggedOut } from '../have-number.ts'
import { eventually, expectAccessible, rowOf, type Stage } from '../stage.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** Languages, themes, and the width of a phone. */
export function appearanceScenes(stage: () => Stage): void {
  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-02')
    await haveLoggedOut(stage().fleet, 'from-elsewhere')
  })

  test('is in Portuguese if the browser is, and in English once that is chosen, also later', async () => {
    const page = await stage().enter(ADMIN_KEY, { locale: 'pt-BR' })
    await page.getByText('Ao vivo').waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('pt-BR')
    await rowOf(page, 'from-elsewhere').getByText('Leia o código de novo.').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Conta e preferências' }).click()
    await page.getByRole('menuitemradio', { name: 'English' }).click()
    await page.getByText('Live', { exact: true }).waitFor()
    await page.reload()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
  })

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    test('every view passes axe on a wide screen and on a phone, without horizontal scrolling', async () => {
      for (const how of [{}, PHONE]) {
        const page = await stage().enter(ADMIN_KEY, { colorScheme, ...how })
        for (const hash of ['#/', '#/numbers/loja-02', '#/ask']) {
          await page.goto(`${stage().fleet.url}/${hash}`)
          if (hash === '#/') await rowOf(page, 'loja-02').waitFor()
          else if (hash === '#/ask') await page.getByRole('button', { name: 'Check', exact: true }).waitFor()
          else await page.getByText('Time connected').waitFor()
          await expectAccessible(page)
          const [inside, wide] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
          expect([hash, inside]).toEqual([hash, wide])
        }
        await page.context().close()
      }
    })
  })

  test('the chosen theme overrides that of the system, and is kept', async () => {
    const page = await stage().enter(ADMIN_KEY)
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.getByRole('button', { name: 'Account and settings' }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await eventually(ground).not.toBe(light)
    await page.reload()
    await page.locator('.overview').waitFor()
    expect(await ground()).not.toBe(light)
  })
}
