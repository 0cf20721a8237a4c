import { expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import type { Stage } from '../stage.ts'
import { tryStats } from './try-stats.ts'

/** The page at `/docs`, on which REST routes are called. */
export function docsScenes(stage: () => Stage): void {
  test('the page of the description takes a key, calls a route, and requests nothing from other servers', async () => {
    const { fleet, addresses } = stage()
    const page = await stage().visit()
    const before = addresses.length
    await tryStats(page, `${fleet.url}/docs`)
    expect(await page.locator('.live-responses-table').textContent()).toContain('"usedPercent"')

    const asked = addresses.slice(before).filter((address) => !address.startsWith('data:'))
    expect(asked.filter((address) => !address.startsWith(`${fleet.url}/`))).toEqual([])
    expect(asked).toContain(`${fleet.url}/v1/stats`)
    // Only the memory of this page held the key.
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(ADMIN_KEY)
  })
}
