import { expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { rowOf, type Stage } from '../stage.ts'

const TABS = 8

/** Several tabs of one browser, which opens six HTTP/1.1 connections per host. */
export function tabsScenes(stage: () => Stage): void {
  test('eight tabs are live, respond to clicks, and one of the others takes over the stream', async () => {
    const { fleet, addresses } = stage()
    const first = await stage().enter(ADMIN_KEY)
    const context = first.context()
    const streams = () => addresses.filter((address) => address.includes('instance.onChange')).length
    await first.getByText('Live', { exact: true }).waitFor()
    const before = streams()
    const pages = [first]
    while (pages.length < TABS) {
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      page.on('request', (request) => addresses.push(request.url()))
      await page.goto(fleet.url)
      await page.getByText('Live', { exact: true }).waitFor()
      pages.push(page)
    }
    expect(streams()).toBe(before)
    await fleet.admin.instance.update.mutate({ name: 'loja-02', hourlyCapacity: 61 })
    for (const page of pages) {
      await rowOf(page, 'loja-02').getByText('of 61').waitFor()
      await page.getByRole('link', { name: 'Who would send?' }).click()
      await page.getByRole('button', { name: 'Check', exact: true }).click()
      await page.locator('.verdict').waitFor()
      await page.getByRole('link', { name: 'Fleet', exact: true }).click()
    }
    await first.close()
    await fleet.admin.instance.update.mutate({ name: 'loja-02', hourlyCapacity: 62 })
    for (const page of pages.slice(1)) await rowOf(page, 'loja-02').getByText('of 62').waitFor()
    expect(streams()).toBe(before + 1)
  })
}
