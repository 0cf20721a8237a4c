import { afterEach, expect, test } from 'vitest'
import { ADMIN_KEY } from './fleet.ts'
import { onStage } from './on-stage.ts'
import { eventually, expectAccessible, rowOf } from './stage.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

onStage('adding and pairing numbers', (stage) => {
  const picture = { name: 'QR code that pairs the phone' }
  afterEach(() => stage().leave())

  test('a failed create shows its error although the incomplete row arrives, and a repeat completes it', async () => {
    const { control } = stage().fleet.simulator
    const page = await stage().enter(ADMIN_KEY)
    await page.getByRole('main').getByRole('button', { name: 'Add a number' }).click()
    const form = page.getByRole('dialog', { name: 'Add a number' })
    await form.getByLabel('Name', { exact: true }).fill('half-made')
    await control.outage('refuse')
    await form.getByRole('button', { name: 'Create and show the code' }).click()
    await form.getByText('It could not be created').waitFor()
    await form.getByText('Evolution does not answer.').waitFor()
    await rowOf(page, 'half-made').waitFor()
    expect(await form.getByText('Evolution does not answer.').count()).toBe(1)
    expect(await form.getByText('exists already').count()).toBe(0)
    await expectAccessible(page)
    await control.outage(null)
    await form.getByRole('button', { name: 'Create and show the code' }).click()
    await page.getByRole('dialog', { name: 'Pair half-made' }).getByRole('img', picture).waitFor()
    stage().forgive(/status of 502/)
  })

  test('while the licence of Evolution is not activated, the page and the form show what to do', async () => {
    const { control } = stage().fleet.simulator
    const page = await stage().enter(ADMIN_KEY)
    control.unlicensed(true)
    await page
      .locator('.banner')
      .getByText('The licence of Evolution is not activated.')
      .waitFor({ timeout: 60_000 })
    expect(await page.locator('.banner').getByText('Evolution does not answer.').count()).toBe(0)
    await stage().fleet.admin.health.checkAll.mutate({})
    await rowOf(page, 'half-made').getByText('the licence of Evolution is not activated').waitFor()
    await page.getByRole('button', { name: 'Add a number' }).click()
    const form = page.getByRole('dialog', { name: 'Add a number' })
    await form.getByLabel('Name', { exact: true }).fill('without-licence')
    await form.getByRole('button', { name: 'Create and show the code' }).click()
    await form.getByText('The licence of Evolution is not activated, so it refuses every call.').waitFor()
    await form.getByText('Activate it in Evolution’s manager').waitFor()
    await expectAccessible(page)
    control.unlicensed(false)
    await page.locator('.banner').getByText('The licence of Evolution is not activated.').waitFor({
      state: 'detached',
      timeout: 60_000,
    })
    await form.getByRole('button', { name: 'Create and show the code' }).click()
    await page.getByRole('dialog', { name: 'Pair without-licence' }).getByRole('img', picture).waitFor()
    // No scheduler runs here. By now its QR codes may be used up.
    await stage().fleet.admin.health.checkAll.mutate({})
    await rowOf(page, 'half-made')
      .getByText('the licence of Evolution is not activated')
      .waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await stage().fleet.admin.instance.delete.mutate({ name: 'without-licence' })
    stage().forgive(/status of 502/)
  })

  test('a phone that another number has is refused with the reason', async () => {
    const { admin } = stage().fleet
    await admin.instance.update.mutate({ name: 'half-made', phoneNumber: '+5511987650009' })
    const page = await stage().enter(ADMIN_KEY)
    await page.getByRole('button', { name: 'Add a number' }).click()
    const form = page.getByRole('dialog', { name: 'Add a number' })
    await form.getByLabel('Name', { exact: true }).fill('same-phone')
    await form.getByLabel('Phone number (optional)').fill('+5511987650009')
    // How the phone is read appears below it and moves the button.
    await form.getByRole('button', { name: 'Create and show the code' }).press('Enter')
    await form.getByText('This conflicts with another number.').waitFor()
    await form.getByText('half-made', { exact: false }).waitFor()
    expect(await form.getByText('exists already').count()).toBe(0)
    stage().forgive(/status of 409/)
  })

  test('after a pairing the next number that needs a scan is one click away', async () => {
    const { admin, simulator } = stage().fleet
    for (const name of ['next-a', 'next-b']) await admin.instance.create.mutate({ name })
    const page = await stage().enter(ADMIN_KEY)
    await rowOf(page, 'next-a').getByRole('button', { name: 'Show QR code' }).click()
    await page.getByRole('dialog', { name: 'Pair next-a' }).getByRole('img', picture).waitFor()
    simulator.control.scan('half-made', { phone: '5511987650009' })
    simulator.control.scan('next-a')
    await page.getByText('next-a is connected').waitFor()
    await page.getByRole('button', { name: 'Pair the next one: next-b' }).click()
    await page.getByRole('dialog', { name: 'Pair next-b' }).getByRole('img', picture).waitFor()
    simulator.control.scan('next-b')
    await page.getByText('next-b is connected').waitFor()
    expect(await page.getByRole('button', { name: /^Pair the next one/ }).count()).toBe(0)
  })

  test('on a phone the code to type comes before the picture, and a button copies it', async () => {
    const { admin } = stage().fleet
    await admin.instance.create.mutate({ name: 'typed', phoneNumber: '+5511987650010' })
    const page = await stage().enter(ADMIN_KEY, {
      ...PHONE,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await rowOf(page, 'typed').getByRole('button', { name: 'Show QR code' }).click()
    const code = page.locator('.typed-code-figures')
    await code.waitFor()
    const [typed, scanned] = await Promise.all([
      code.boundingBox(),
      page.getByRole('img', picture).boundingBox(),
    ])
    expect(typed?.y).toBeLessThan(scanned?.y ?? 0)
    await page.getByRole('button', { name: 'Copy code' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toMatch(/^[A-Z0-9]{8}$/)
    // Codes expire after some seconds here, so the next one may be shown by now.
    await eventually(async () => (await code.textContent())?.replace('-', '')).toMatch(/^[A-Z0-9]{8}$/)
    await expectAccessible(page)
  })

  test('with a part of the fleet offline the page counts the reasons why numbers cannot send', async () => {
    const { admin, simulator } = stage().fleet
    simulator.control.logoutFromPhone('next-a')
    simulator.control.ban('next-b')
    await admin.instance.update.mutate({ name: 'half-made', paused: true })
    const page = await stage().enter(ADMIN_KEY)
    const gauge = page.locator('.gauge', { hasText: 'Able to send now' })
    await gauge.getByText('Cannot send now: ').waitFor()
    await eventually(() => gauge.locator('.gauge-why').textContent()).toMatch(
      /^Cannot send now: (?=.*1 disconnected)(?=.*1 banned)(?=.*1 paused)/,
    )
    expect(await gauge.locator('.gauge-figures').textContent()).toBe('0of 4')
  })

  test('the label of a menu item is at the left, its check mark at the right', async () => {
    const page = await stage().enter(ADMIN_KEY)
    await page.getByRole('button', { name: 'Account and settings' }).click()
    await page.locator('.menu-item').first().waitFor()
    const lefts = await page.locator('.menu-item').evaluateAll((items) =>
      items.map((item) => {
        const range = document.createRange()
        range.selectNodeContents(item)
        const text = [...item.childNodes].find((node) => node.nodeType === Node.TEXT_NODE)
        if (text) range.selectNode(text)
        const [box, icon] = [
          item.getBoundingClientRect(),
          item.querySelector('.icon')?.getBoundingClientRect(),
        ]
        const isChecked = item.getAttribute('aria-checked') === 'true'
        return {
          label: Math.round(range.getBoundingClientRect().left - box.left),
          check: isChecked && icon ? Math.round(box.right - icon.right) : null,
          hasIcon: !isChecked && icon !== undefined,
        }
      }),
    )
    expect(lefts.filter(({ hasIcon }) => !hasIcon).map(({ label }) => label)).toEqual(Array(6).fill(10))
    expect(lefts.filter(({ hasIcon }) => hasIcon).every(({ label }) => label < 40)).toBe(true)
    expect(lefts.flatMap(({ check }) => check ?? [])).toEqual([10, 10])
    await page.keyboard.press('Escape')
    await rowOf(page, 'half-made').getByRole('link').click()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem').first().waitFor()
    const acts = await page.getByRole('menuitem').evaluateAll((items) =>
      items.map((item) => {
        const range = document.createRange()
        range.selectNodeContents(item)
        range.setStartAfter(item.querySelector('.icon') as Node)
        return Math.round(range.getBoundingClientRect().left - item.getBoundingClientRect().left)
      }),
    )
    expect(acts).toHaveLength(5)
    for (const left of acts) expect(left).toBeLessThan(40)
  })
})
