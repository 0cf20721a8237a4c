import type { Page } from 'playwright-core'
import { ADMIN_KEY } from '../fleet.ts'

/** On the page at `/docs`: gives it the admin key and calls `GET /v1/stats`, until the answer 200 is shown. */
export async function tryStats(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('heading', { name: /^zapfleet/ }).waitFor()
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.locator('.auth-container input').first().fill(ADMIN_KEY)
  await page.locator('.auth-btn-wrapper .authorize').first().click()
  await page.locator('.btn-done').first().click()
  await page.locator('#operations-Fleet-fleetStats .opblock-summary-control').click()
  await page.getByRole('button', { name: 'Execute' }).click()
  await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
}
