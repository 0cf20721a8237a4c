import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected, haveLoggedOut } from '../have-number.ts'
import { expectAccessible, type Stage } from '../stage.ts'

/** The view *Who would send?* */
export function askScenes(stage: () => Stage): void {
  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-02')
    await haveLoggedOut(stage().fleet, 'from-elsewhere')
  })

  test('shows which number would send to a contact and why not the others, and changes nothing', async () => {
    const { fleet } = stage()
    const { instanceName } = await fleet.admin.reservation.reserve.mutate({ contactId: 'maria' })
    expect(instanceName).toBe('loja-02')
    const before = await fleet.admin.instance.list.query({})
    const page = await stage().enter(ADMIN_KEY)
    await page.getByRole('link', { name: 'Who would send?' }).click()
    const contact = page.getByLabel('Contact')
    await contact.fill('maria')
    await contact.press('Enter')
    await page.getByRole('heading', { name: 'loja-02 would send' }).waitFor()
    await page.getByText('This contact already uses this number.').waitFor()
    await page.getByRole('listitem').filter({ hasText: 'from-elsewhere' }).getByText('disconnected').waitFor()
    await expectAccessible(page)
    expect(await fleet.admin.instance.list.query({})).toEqual(before)

    await fleet.admin.instance.update.mutate({ name: 'loja-02', paused: true })
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No number can send now' }).waitFor()
    await page.getByText('Connect or resume a number, or raise a limit.').waitFor()
    await page.getByText('This contact uses loja-02.').waitFor()
    await fleet.admin.instance.update.mutate({ name: 'loja-02', paused: false })
  })
}
