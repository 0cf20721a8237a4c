import { expect, test } from 'vitest'
import { ADMIN_KEY, BOT_KEY } from '../fleet.ts'
import { expectAccessible, type Stage } from '../stage.ts'

/** Keys that may sign in, keys that may not, and the end of a session. */
export function signInScenes(stage: () => Stage): void {
  test('a wrong key and the key of a bot are refused with the reason; an empty fleet offers one button', async () => {
    const page = await stage().visit()
    await expectAccessible(page)
    const field = page.getByLabel('API key')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Paste a key first.').waitFor()
    await field.fill('zf_admin_somebody-elses-key-0123456789')
    await field.press('Enter')
    await page.getByText('This key is not valid here.').waitFor()
    await field.fill(BOT_KEY)
    await field.press('Enter')
    await page.getByText('This is a bot’s key.').waitFor()
    await expectAccessible(page)
    stage().forgive(/status of 40[13]/)

    await field.fill(ADMIN_KEY)
    await field.press('Enter')
    await page.getByRole('heading', { name: 'No numbers yet' }).waitFor()
    await expectAccessible(page)
    expect(await page.getByRole('main').getByRole('button').count()).toBe(1)
    await page.getByRole('main').getByRole('button', { name: 'Add a number' }).click()
    await page.getByRole('dialog', { name: 'Add a number' }).waitFor()
  })

  test('a viewer’s key reads and cannot act; revoked, it leads back to the sign-in form', async () => {
    const { admin } = stage().fleet
    const { key, secret } = await admin.key.create.mutate({ label: 'a screen', role: 'viewer' })
    const page = await stage().enter(secret)
    await page.getByText('Somebody with an admin key can add one.').waitFor()
    expect(await page.getByRole('button', { name: 'Add a number' }).count()).toBe(0)
    await admin.key.revoke.mutate({ id: key.id })
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
    await page.getByText('You were signed out: the session or its key ended.').waitFor()
    stage().forgive(/status of 401/)
  })
}
