import { afterEach, expect, test } from 'vitest'
import { ADMIN_KEY } from './fleet.ts'
import { onStage } from './on-stage.ts'
import { eventually, expectAccessible, rowOf } from './stage.ts'

onStage('the sign-in', (stage) => {
  afterEach(() => stage().leave())
  const menu = (page: import('playwright-core').Page, item: string) =>
    page
      .getByRole('button', { name: 'Account and settings' })
      .click()
      .then(() => page.getByRole('menuitem', { name: item }).click())

  test('is valid for all tabs of a browser and after reloads, and no script can read the session or the key', async () => {
    await stage().fleet.admin.instance.create.mutate({ name: 'loja-01' })
    const page = await stage().enter(ADMIN_KEY)
    await page.reload()
    await rowOf(page, 'loja-01').waitFor()
    const second = await page.context().newPage()
    await second.goto(stage().fleet.url)
    await rowOf(second, 'loja-01').waitFor()
    expect(await second.locator('input[type=password]').count()).toBe(0)
    const stored = await second.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    for (const secret of [ADMIN_KEY, 'zf_session']) expect(stored).not.toContain(secret)
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', secure: false })
    const days = ((cookie?.expires ?? 0) - Date.now() / 1_000) / 86_400
    expect(Math.round(days)).toBe(30)
  })

  test('a sign-out ends all tabs of the browser, and a sign-in opens all of them', async () => {
    const page = await stage().enter(ADMIN_KEY)
    const second = await page.context().newPage()
    await second.goto(stage().fleet.url)
    await rowOf(second, 'loja-01').waitFor()
    const [cookie] = await page.context().cookies()
    await menu(page, 'Sign out')
    for (const tab of [page, second]) await tab.getByText('You are signed out.').waitFor()
    expect(await page.context().cookies()).toEqual([])
    const headers = { 'x-zapfleet-session': '1', cookie: `${cookie?.name}=${cookie?.value}` }
    expect((await fetch(`${stage().fleet.url}/trpc/key.whoAmI`, { headers })).status).toBe(401)
    await second.getByLabel('API key').fill(ADMIN_KEY)
    await second.getByLabel('API key').press('Enter')
    for (const tab of [page, second]) await rowOf(tab, 'loja-01').waitFor()
  })

  test('a tab whose stream ends before the sign-out is reported to it shows the sign-out', async () => {
    const page = await stage().enter(ADMIN_KEY)
    const second = await page.context().newPage()
    await second.goto(stage().fleet.url)
    await rowOf(second, 'loja-01').waitFor()
    await page.route('**/session', async (route) => {
      if (route.request().method() !== 'DELETE') return route.continue()
      const response = await route.fetch()
      await second.getByText('You were signed out').waitFor()
      return route.fulfill({ response })
    })
    await menu(page, 'Sign out')
    for (const tab of [page, second]) await tab.getByText('You are signed out.').waitFor()
    expect(await second.getByText('You were signed out').count()).toBe(0)
    stage().forgive(/status of 401/)
  })

  test('the browsers of a key are listed, one can be ended, and all of them at once', async () => {
    const { admin } = stage().fleet
    const { secret } = await admin.key.create.mutate({ label: 'night shift', role: 'admin' })
    const [page, other, third] = [
      await stage().enter(secret),
      await stage().enter(secret),
      await stage().enter(secret),
    ]
    const stranger = await stage().enter(ADMIN_KEY)
    await menu(page, 'Signed-in browsers…')
    const dialog = page.getByRole('dialog', { name: 'Signed-in browsers' })
    await dialog.getByText('“night shift”').waitFor()
    await eventually(() => dialog.locator('.session').count()).toBe(3)
    await expectAccessible(page)
    await dialog.getByText('This browser', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Sign out Chrome, Linux' }).first().click()
    await eventually(() => dialog.locator('.session').count()).toBe(2)
    const isOut = (tab: typeof page) => tab.locator('input[type=password]').count()
    await eventually(async () => (await isOut(other)) + (await isOut(third))).toBe(1)
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByText('You are signed out.').waitFor()
    for (const tab of [other, third]) await tab.getByText('You were signed out').waitFor()
    await rowOf(stranger, 'loja-01').waitFor()
    stage().forgive(/status of 401/)
  })

  test('a key that is revoked ends its sessions', async () => {
    const { admin } = stage().fleet
    const { key, secret } = await admin.key.create.mutate({ label: 'a screen', role: 'viewer' })
    const page = await stage().enter(secret)
    await rowOf(page, 'loja-01').waitFor()
    await admin.key.revoke.mutate({ id: key.id })
    await page.getByText('You were signed out: the session or its key ended.').waitFor()
    stage().forgive(/status of 401|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/)
  })

  test('a browser without cookies gets the reason', async () => {
    const page = await stage().visit()
    await page.route('**/session', async (route) => {
      const response = await route.fetch()
      const { 'set-cookie': _, ...headers } = response.headers()
      await page.context().clearCookies()
      await route.fulfill({ response, headers })
      await page.context().clearCookies()
    })
    await page.getByLabel('API key').fill(ADMIN_KEY)
    await page.keyboard.press('Enter')
    await page.getByText('This browser did not keep the cookie').waitFor()
  })

  test('a failed sign-out shows that the browser is still signed in', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await page.route('**/session', (route) => route.abort())
    await menu(page, 'Sign out')
    await page.locator('.note').getByText('You are still signed in').waitFor()
    await rowOf(page, 'loja-01').waitFor()
    stage().forgive(/ERR_FAILED/)
  })

  test('without a secure context eight tabs work, of which only the visible ones have a stream', async () => {
    const { fleet } = stage()
    const insecure = fleet.url.replace('127.0.0.1', 'fleet.test')
    const page = await stage().visit()
    await page.goto(insecure)
    await page.getByLabel('API key').fill(ADMIN_KEY)
    await page.keyboard.press('Enter')
    await rowOf(page, 'loja-01').waitFor()
    expect(await page.evaluate(() => isSecureContext)).toBe(false)
    const hide = (isHidden: boolean) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden })
      document.dispatchEvent(new Event('visibilitychange'))
    }
    let visible = page
    for (let tab = 1; tab < 8; tab++) {
      await visible.evaluate(hide, true)
      visible = await page.context().newPage()
      visible.setDefaultTimeout(60_000)
      await visible.goto(insecure)
      await visible.getByText('Live', { exact: true }).waitFor()
    }
    await fleet.admin.instance.update.mutate({ name: 'loja-01', hourlyCapacity: 61 })
    await rowOf(visible, 'loja-01').getByText('of 61').waitFor()
    await visible.evaluate(hide, true)
    await page.evaluate(hide, false)
    await page.getByText('Live', { exact: true }).waitFor()
    await rowOf(page, 'loja-01').getByText('of 61').waitFor()
    // Headers that browsers ignore over plain HTTP.
    stage().forgive(/Cross-Origin-Opener-Policy|Origin-Agent-Cluster/)
  })
})
