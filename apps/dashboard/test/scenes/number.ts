import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected } from '../have-number.ts'
import { eventually, expectAccessible, rowOf, type Stage } from '../stage.ts'

/** One number: its settings, its acts, and its history. */
export function numberScenes(stage: () => Stage): void {
  let page: Page
  const admin = () => stage().fleet.admin
  const drawer = () => page.getByRole('dialog', { name: 'loja-01', exact: true })
  const act = async (name: string) => {
    await drawer().getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-01', '+5511987650001')
    await haveConnected(stage().fleet, 'loja-02')
    page = await stage().enter(ADMIN_KEY)
  })

  test('opens by keyboard at an address of its own, and returns the focus', async () => {
    const isSearching = () =>
      page.getByLabel('Search name or phone').evaluate((one) => one === document.activeElement)
    await eventually(async () => {
      if (!(await isSearching())) await page.keyboard.press('/')
      return isSearching()
    }).toBe(true)
    await page.keyboard.type('loja-01')
    await eventually(() => page.locator('.numbers-body [role=row]').count()).toBe(1)
    const link = rowOf(page, 'loja-01').getByRole('link')
    await link.focus()
    await page.keyboard.press('Enter')
    await drawer().waitFor()
    expect(new URL(page.url()).hash).toBe('#/numbers/loja-01?q=loja-01')
    await drawer().getByText('Added to the fleet').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'hidden' })
    await eventually(() => link.evaluate((one) => one === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await drawer().waitFor()
  })

  test('a limit is changed, and refused with the reason when it is invalid', async () => {
    const field = drawer().getByLabel('Messages an hour')
    await field.fill('many')
    await drawer().getByText('A whole number from 0 to').waitFor()
    await field.fill('55')
    await drawer().getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved').waitFor()
    expect(await admin().instance.get.query({ name: 'loja-01' })).toMatchObject({ hourlyCapacity: 55 })
    await drawer().getByText('/ 55').waitFor()
  })

  test('a phone number is shown as it is read while it is typed, and refused with the reason when it is invalid', async () => {
    const field = drawer().getByLabel('Phone number')
    await field.fill('')
    await field.pressSequentially('98765-0009')
    await drawer().getByText('This is no phone number.').waitFor()
    await field.press('Home')
    await field.pressSequentially('(21) ')
    await drawer().getByText('Read as +55 21 98765-0009').waitFor()
    await expectAccessible(page)
    await drawer().getByRole('button', { name: 'Save changes' }).click()
    await drawer().getByText('+55 21 98765-0009', { exact: true }).waitFor()
    expect(await admin().instance.get.query({ name: 'loja-01' })).toMatchObject({
      phoneNumber: '+5521987650009',
    })
    // The stream may bring the phone before the answer of the call, which then changes the field: a text that is typed at that
    // moment would be added to it.
    await eventually(() => field.inputValue()).toBe('+5521987650009')
    await field.fill('+5511987650001')
    await drawer().getByRole('button', { name: 'Save changes' }).click()
    await drawer().getByText('+55 11 98765-0001', { exact: true }).waitFor()
    await drawer().getByRole('button', { name: /^Sav/ }).waitFor({ state: 'hidden' })
  })

  test('shows its sends in the figures and in the chart', async () => {
    for (let sent = 0; sent < 3; sent++) await admin().instance.recordSend.mutate({ name: 'loja-01' })
    await drawer().getByText('3 in the last 24 hours').waitFor()
    await drawer().getByText('52 left').waitFor()
    await drawer().getByRole('button', { name: '7 days' }).click()
    await drawer().getByText('3 in the last 7 days').waitFor()
    const { reservation, instance } = admin()
    const { id } = await reservation.reserve.mutate({ exclude: ['loja-02'] })
    await reservation.confirm.mutate({ id, messageId: 'message-1' })
    await reservation.report.mutate({
      events: [{ instanceName: 'loja-01', messageId: 'message-1', status: 'delivered' }],
    })
    await instance.recordSend.mutate({ name: 'loja-01' })
    await drawer().getByText('1 delivered · 4 without a report').waitFor()
  })

  test('is paused with a reason that the list shows, and resumed from the list', async () => {
    await drawer().getByRole('button', { name: 'Pause' }).click()
    const reason = page.getByLabel('Why? (optional)')
    await reason.fill('too many complaints')
    await expectAccessible(page)
    await reason.press('Enter')
    await drawer().getByText('“too many complaints”').waitFor()
    expect(await admin().instance.get.query({ name: 'loja-01' })).toMatchObject({
      pauseReason: 'too many complaints',
    })
    // The stream may bring the pause before the answer of the call; until then the question ignores Escape.
    await page.getByRole('dialog', { name: 'Pause loja-01?' }).waitFor({ state: 'hidden' })
    await page.keyboard.press('Escape')
    await rowOf(page, 'loja-01').getByRole('button', { name: 'Resume' }).click()
    await rowOf(page, 'loja-01').getByText('Nothing to do').waitFor()
  })

  test('is restarted after a question, and the note shows that it was read back', async () => {
    await rowOf(page, 'loja-01').getByRole('link').click()
    await act('Restart…')
    await page
      .getByRole('dialog', { name: 'Restart loja-01?' })
      .getByRole('button', { name: 'Restart' })
      .click()
    await page.getByText('loja-01 is restarted').waitFor()
    await page.getByText('Verified on Evolution.').first().waitFor()
  })

  test('is logged out, and paired again in the same dialogue', async () => {
    await act('Log out…')
    await expectAccessible(page)
    await page
      .getByRole('dialog', { name: 'Log loja-01 out?' })
      .getByRole('button', { name: 'Log out' })
      .click()
    await page.getByText('loja-01 is logged out').waitFor()
    await drawer().getByRole('button', { name: 'Show QR code' }).click()
    await page.getByRole('img', { name: 'QR code that pairs the phone' }).waitFor()
    await expectAccessible(page)
    stage().fleet.simulator.control.scan('loja-01', { phone: '5511987650001' })
    await page.getByText('loja-01 is connected').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await drawer().waitFor()
  })

  test('is restricted by WhatsApp until a moment that its details show', async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString()
    await admin().instance.setRestriction.mutate({ name: 'loja-01', until })
    await drawer().getByText('stored by an operator').waitFor()
    await drawer().getByText('WhatsApp lets it write only to people who know it').waitFor()
    await drawer().locator('.timeline').getByText('WhatsApp restricts it to people who know it').waitFor()
    await expectAccessible(page)
    await admin().instance.setRestriction.mutate({ name: 'loja-01', restricted: false })
    await drawer().locator('.timeline').getByText('the restriction ended').waitFor()
    await drawer().getByText('stored by an operator').waitFor({ state: 'hidden' })
  })

  test('refuses three messages in a row, and the page shows why it is out of rotation, what to do and the evidence', async () => {
    const others = (await admin().instance.list.query()).map(({ name }) => name)
    const exclude = others.filter((name) => name !== 'loja-01')
    for (const contactId of ['5511900000001', '5511900000002', '5511900000003']) {
      const { id } = await admin().reservation.reserve.mutate({ contactId, exclude })
      await admin().reservation.release.mutate({ id, cause: 'line_down' })
    }
    await drawer().getByText('Evolution refuses its messages for want of a connection').waitFor()
    await drawer().locator('.details').getByText('its messages do not arrive').waitFor()
    const entry = drawer().locator('.timeline .change').first()
    await entry.getByText('by what became of its sends').waitFor()
    await entry.getByText('Evidence').click()
    await entry.getByText('refused').waitFor()
    await expectAccessible(page)
  })

  test('is banned, and the page shows what to do and the evidence', async () => {
    stage().fleet.simulator.control.ban('loja-01', 403)
    await drawer().getByText('Appeal in WhatsApp on the phone').waitFor()
    const history = drawer().locator('.timeline')
    await history.getByText('Banned').waitFor()
    await history.locator('.change', { hasText: 'Banned' }).getByText('Evidence').click()
    await history.getByText('403').first().waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await rowOf(page, 'loja-01').getByText('Banned').waitFor()
  })

  test('is deleted only after its name was typed', async () => {
    await rowOf(page, 'loja-01').getByRole('link').click()
    await act('Delete…')
    const question = page.getByRole('dialog', { name: 'Delete loja-01?' })
    const button = question.getByRole('button', { name: 'Delete' })
    expect(await button.isEnabled()).toBe(false)
    await question.getByLabel('Type loja-01 to confirm').fill('loja-0')
    expect(await button.isEnabled()).toBe(false)
    await question.getByLabel('Type loja-01 to confirm').fill('loja-01')
    await expectAccessible(page)
    await button.click()
    await page.getByText('loja-01 is deleted').waitFor()
    await page.getByText('No number matches.').waitFor()
    await expect(admin().instance.get.query({ name: 'loja-01' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // The search stays in the address.
    expect(new URL(page.url()).hash).toBe('#/?q=loja-01')
    await page.getByRole('button', { name: 'Show all numbers' }).click()
    await rowOf(page, 'loja-02').waitFor()
    await page.goto(`${stage().fleet.url}/#/numbers/loja-01`)
    await page.getByText('There is no such number').waitFor()
    await expectAccessible(page)
  })
}
