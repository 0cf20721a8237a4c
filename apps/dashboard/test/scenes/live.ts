import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { haveConnected, haveNone } from '../have-number.ts'
import { eventually, rowOf, type Stage } from '../stage.ts'

/** Changes without a reload. */
export function liveScenes(stage: () => Stage): void {
  let page: Page
  beforeAll(async () => {
    await haveConnected(stage().fleet, 'loja-02')
    await haveNone(stage().fleet, 'loja-01')
    page = await stage().enter(ADMIN_KEY)
    await page.getByText('Live', { exact: true }).waitFor()
  })

  test('a dropped number is shown by the stream alone, without another list', async () => {
    const { control } = stage().fleet.simulator
    const row = rowOf(page, 'loja-02')
    await row.getByText('Connected').waitFor()
    // No scheduler runs here, so no poll finds the drop: it comes by webhook and stream.
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

  test('counters follow the sends of the bot, and a number that another admin creates appears', async () => {
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

  test('without a scheduler the page shows that numbers are not checked', async () => {
    await page.getByText('The numbers are not being checked.').waitFor()
  })

  test('during a restart of the API the page shows since when it is old; then it is live again and has missed nothing', async () => {
    const { fleet } = stage()
    await fleet.killApi()
    try {
      await page.getByText('Live updates are interrupted.').waitFor()
      await page.getByText(/What you see is from \d\d:\d\d:\d\d/).waitFor()
      await page.getByText('Not live').waitFor()
      // The list stays.
      expect(await rowOf(page, 'loja-02').count()).toBe(1)
    } finally {
      await fleet.startApi()
    }
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('Live updates are interrupted.').waitFor({ state: 'detached' })
    await fleet.admin.instance.update.mutate({ name: 'loja-02', hourlyCapacity: 77 })
    await rowOf(page, 'loja-02').getByText('of 77').waitFor()
    stage().forgive(
      /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
    )
  })
}
