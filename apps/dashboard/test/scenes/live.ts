import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { eventually, rowOf, type Stage } from '../stage.ts'

/** What happens without anybody reloading. */
export function liveScenes(stage: () => Stage): void {
  let page: Page
  beforeAll(async () => {
    page = await stage().enter(ADMIN_KEY)
    await page.getByText('Live', { exact: true }).waitFor()
  })

  test('a dropped number shows it by the stream alone, without a new list', async () => {
    const { control } = stage().fleet.simulator
    const row = rowOf(page, 'loja-02')
    await row.getByText('Connected').waitFor()
    // No scheduler runs here, so no poll finds the drop: the webhook and the stream bring it.
    const before = stage().addresses.length
    control.drop('loja-02')
    await row.getByText('reconnecting').waitFor()
    control.recover('loja-02')
    await row.getByText('Connected').waitFor()
    expect(
      stage()
        .addresses.slice(before)
        .filter((address) => address.includes('instance.list')),
    ).toEqual([])
  })

  test('sends of the bot are counted before one’s eyes, and a number that somebody else makes appears', async () => {
    const { fleet } = stage()
    const { admin } = fleet
    await admin.instance.recordSend.mutate({ name: 'loja-02' })
    await rowOf(page, 'loja-02').getByText('1 of 20').waitFor()
    await admin.instance.create.mutate({ name: 'from-elsewhere' })
    const row = rowOf(page, 'from-elsewhere')
    await row.getByText('Scan its QR code with the phone.').waitFor()
    fleet.simulator.control.scan('from-elsewhere')
    await row.getByText('Connected').waitFor()
    fleet.simulator.control.logoutFromPhone('from-elsewhere')
    await row.getByText('the phone removed this device').waitFor()
    await page.getByRole('button', { name: /^Need you/ }).click()
    await eventually(() => page.locator('.numbers-body [role=row]').count()).toBe(1)
    await page.getByRole('button', { name: /^Need you/ }).click()
  })

  test('that nobody polls is said, since no scheduler runs here', async () => {
    await page.getByText('The numbers are not being checked.').waitFor()
  })

  test('an API that goes and comes again: the page says since when it is old, recovers by itself, and has missed nothing', async () => {
    const { fleet } = stage()
    await fleet.killApi()
    await page.getByText('Live updates are interrupted.').waitFor()
    await page.getByText(/What you see is from \d\d:\d\d:\d\d/).waitFor()
    await page.getByText('Not live').waitFor()
    // What is shown stays to be read.
    expect(await rowOf(page, 'loja-02').count()).toBe(1)
    await fleet.startApi()
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 })
    await page.getByText('Live updates are interrupted.').waitFor({ state: 'detached' })
    await fleet.admin.instance.update.mutate({ name: 'loja-02', hourlyCapacity: 77 })
    await rowOf(page, 'loja-02').getByText('of 77').waitFor()
    stage().forgive(
      /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
    )
  })
}
