import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { eventually, expectAccessible, rowOf, type Stage } from '../stage.ts'

/** From a name to a connected phone, and each reason why there is no code. */
export function pairingScenes(stage: () => Stage): void {
  let page: Page
  const dialog = (name: string | RegExp) => page.getByRole('dialog', { name })
  const picture = () => page.getByRole('img', { name: 'QR code that pairs the phone' })
  beforeAll(async () => {
    page = await stage().enter(ADMIN_KEY)
  })

  test('a number is created, its code is shown large, and the dialog reports when the phone has scanned it', async () => {
    await page.getByRole('button', { name: 'Add a number' }).first().click()
    const form = dialog('Add a number')
    await form.getByLabel('Name', { exact: true }).fill('loja um')
    await form.getByRole('button', { name: 'Create and show the code' }).click()
    await form.getByText('Only letters without accents').waitFor()
    await form.getByLabel('Name', { exact: true }).fill('loja-01')
    const phone = form.getByLabel('Phone number (optional)')
    await phone.fill('98765-0001')
    // Before the page has loaded its reader of phones, the API would refuse the number instead.
    await form.getByText('This is no phone number.').waitFor()
    await form.getByRole('button', { name: 'Create and show the code' }).click()
    await form.getByText('This is no phone number.').waitFor()
    await phone.fill('11987650001')
    await form.getByText('Read as +55 11 98765-0001').waitFor()
    await form.getByText('Limits and priority').click()
    await form.getByLabel('Messages an hour').fill('40')
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Create and show the code' }).click()

    await dialog('Pair loja-01').waitFor()
    await picture().waitFor()
    const size = await picture().boundingBox()
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(260)
    await page.getByText(/^New code in \d+ s$/).waitFor()
    await page.getByText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/).waitFor()
    await expectAccessible(page)

    stage().fleet.simulator.control.scan('loja-01', { phone: '5511987650001' })
    await page.getByText('loja-01 is connected').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Done' }).click()
    await rowOf(page, 'loja-01').getByText('Connected').waitFor()
    expect(await rowOf(page, 'loja-01').getByText('/ 40').count()).toBe(1)
    expect(await stage().fleet.admin.instance.get.query({ name: 'loja-01' })).toMatchObject({
      status: 'connected',
      phoneNumber: '+5511987650001',
      hourlyCapacity: 40,
      dailyCapacity: 100,
    })
  })

  // Most of it waits: 12 s until a close is no scan any more, 25 s until a connect is safe.
  const LONG_MS = 240_000
  test(
    'an expired code is replaced by the next; after the last one the dialog offers another pairing',
    async () => {
      const { control } = stage().fleet.simulator
      await page.getByRole('button', { name: 'Add a number' }).click()
      const name = dialog('Add a number').getByLabel('Name', { exact: true })
      await name.fill('loja-02')
      // On the field, because a dialog that has just opened may move the focus to its first button.
      await name.press('Enter')
      await picture().waitFor()
      const before = await picture().getAttribute('src')
      control.expireQr('loja-02')
      await eventually(() => picture().getAttribute('src')).not.toBe(before)

      const ended = page.getByText('No code was scanned in time')
      await eventually(async () => {
        if (await ended.isVisible()) return true
        if (control.instance('loja-02')?.memory === 'connecting') control.expireQr('loja-02')
        return false
      }).toBe(true)
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Show a new code' }).click()
      // By the clock the last code was still valid, so it may have been scanned: a connect waits until the connection was closed for 25 s.
      await picture().waitFor({ timeout: LONG_MS })
    },
    LONG_MS,
  )

  test('while Evolution does not answer, the dialog and the fleet show it, and the pairing continues afterwards', async () => {
    const { control } = stage().fleet.simulator
    await page.keyboard.press('Escape')
    await control.outage('refuse')
    try {
      await rowOf(page, 'loja-02').getByRole('button', { name: 'Show QR code' }).click()
      await dialog('Pair loja-02').getByText('Evolution does not answer').waitFor()
      await page.locator('.banner').getByText('Evolution does not answer.').waitFor()
    } finally {
      await control.outage(null)
    }
    await picture().waitFor()
    control.scan('loja-02')
    await page.getByText('loja-02 is connected').waitFor()
    await page.getByRole('button', { name: 'Open it' }).click()
    await dialog('loja-02').waitFor()
    await page.keyboard.press('Escape')
  })

  test('a name that is taken offers to pair that number instead', async () => {
    await page.getByRole('button', { name: 'Add a number' }).click()
    await dialog('Add a number').getByLabel('Name', { exact: true }).fill('loja-01')
    await dialog('Add a number').getByText('A number named loja-01 exists already.').waitFor()
    await page.getByRole('button', { name: 'Pair it instead' }).click()
    await page.getByText('loja-01 is connected').waitFor()
    await page.keyboard.press('Escape')
  })
}
