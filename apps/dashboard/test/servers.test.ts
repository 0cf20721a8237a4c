import { type Simulator, startSimulator } from '@zapfleet/simulator'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from './fleet.ts'
import { haveConnected } from './have-number.ts'
import { onStage, sceneGroup } from './on-stage.ts'
import { eventually, expectAccessible, rowOf } from './stage.ts'

const PHONE = '+5511987650001'
const SMALL = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const picture = { name: 'QR code that pairs the phone' }

/** How many pixels each select is too narrow for its chosen option; runs in the page. */
function missingWidths(selects: (SVGElement | HTMLElement)[]): number[] {
  return (selects as HTMLSelectElement[]).map((select) => {
    const whole = select.cloneNode(true) as HTMLSelectElement
    whole.replaceChildren(select.selectedOptions[0]?.cloneNode(true) ?? '')
    Object.assign(whole.style, { position: 'fixed', width: 'max-content', maxWidth: 'none' })
    document.body.append(whole)
    const missing = whole.offsetWidth - select.offsetWidth
    whole.remove()
    return Math.max(0, missing)
  })
}

onStage('several Evolution servers on the page', (stage) => {
  let second: Simulator
  let page: Page
  const admin = () => stage().fleet.admin
  const dialog = (name: string) => page.getByRole('dialog', { name, exact: true })
  const drawer = () => dialog('vendas-01')
  const entry = (name: string) =>
    page.locator('.entry').filter({ has: page.locator('strong').getByText(name, { exact: true }) })
  const place = (hash: string) => page.evaluate((to) => location.assign(to), hash)
  const field = (name: string) => page.getByRole('combobox', { name, exact: true })
  const openActs = async () => {
    await drawer().getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Restart…' }).waitFor()
  }

  beforeAll(async () => {
    second = await startSimulator({ timeScale: 0, qrLimit: 6 })
    await haveConnected(stage().fleet, 'vendas-01', PHONE)
    page = await stage().enter(ADMIN_KEY)
  })
  afterAll(() => second?.close())

  sceneGroup('an admin', stage, () => {
    test('with one server reads in the settings what a second is for, and of servers nothing else', async () => {
      expect(await rowOf(page, 'vendas-01').getByText('default').count()).toBe(0)
      expect(await field('Filter by server').count()).toBe(0)
      await page.getByRole('button', { name: 'Add a number' }).click()
      expect(await dialog('Add a number').getByRole('combobox').count()).toBe(0)
      await page.keyboard.press('Escape')
      await place('#/numbers/vendas-01')
      await openActs()
      expect(await page.getByRole('menuitem', { name: /Move/ }).count()).toBe(0)
      await page.keyboard.press('Escape')
      expect(await drawer().getByText('Server', { exact: true }).count()).toBe(0)
      await place('#/settings/servers')
      await page.getByRole('heading', { name: 'One server holds all numbers' }).waitFor()
      await entry('default').getByText('Answers').waitFor()
      await entry('default').getByText('1 number', { exact: true }).waitFor()
      expect(await entry('default').getByRole('button').allTextContents()).toEqual(['Check now'])
      await expectAccessible(page)
    })

    test('adds a server with the keyboard, once address and key are right', async () => {
      await page.getByRole('button', { name: 'Add a server' }).press('Enter')
      const form = dialog('Add an Evolution server')
      const add = form.getByRole('button', { name: 'Add', exact: true })
      await form.getByLabel('Name').fill('default')
      await form.getByText('“default” is the server of EVOLUTION_API_URL.').waitFor()
      await form.getByLabel('Name').fill('eu-2')
      await form.getByLabel('Address').fill('evolution-2')
      await form.getByText(/^An address begins with/).waitFor()
      expect(await add.isEnabled()).toBe(false)
      await form.getByLabel('Address').fill(stage().fleet.simulator.url)
      await form.getByLabel('Key').fill('wrong-key')
      expect(await form.getByLabel('Key').getAttribute('type')).toBe('password')
      await form.getByLabel('Key').press('Enter')
      await form.getByText('There is a server with this name or this address already.').waitFor()
      await form.getByLabel('Address').fill(second.url)
      await form.getByLabel('Key').press('Enter')
      await form.getByText('This server cannot be used.').waitFor()
      await form.getByText('This Evolution refuses the key').waitFor()
      await expectAccessible(page)
      await form.getByLabel('Key').fill(second.apiKey)
      await form.getByLabel('Key').press('Enter')
      await page.getByText('The server eu-2 is added').waitFor()
      await entry('eu-2').getByText('Answers').waitFor()
      await entry('eu-2').getByText('no numbers', { exact: false }).waitFor()
      await page.getByRole('heading', { name: 'One server holds all numbers' }).waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Check now: eu-2' }).click()
      await page.getByText('eu-2: Answers').waitFor()
      await expectAccessible(page)
      stage().forgive(/status of (409|502)/)
    })

    test('changes the key of a server, which must open it', async () => {
      await page.getByRole('button', { name: 'Change eu-2' }).click()
      const form = dialog('Change the server eu-2')
      const save = form.getByRole('button', { name: 'Save' })
      expect(await form.getByLabel('Address').inputValue()).toBe(second.url)
      expect(await save.isEnabled()).toBe(false)
      await form.getByLabel('Key').fill('wrong-key')
      await save.click()
      await form.getByText('This server cannot be used.').waitFor()
      await form.getByLabel('Key').fill(second.apiKey)
      await save.click()
      await page.getByText('Saved. All processes use it within seconds').waitFor()
      stage().forgive(/status of 502/)
    })

    test('adds a number on the server of choice, and sees servers in the list', async () => {
      await page.getByRole('button', { name: 'Add a number' }).click()
      const form = dialog('Add a number')
      await form.getByLabel('Name', { exact: true }).fill('loja-01')
      await field('Server').waitFor()
      expect(await field('Server').locator('option').allTextContents()).toEqual([
        'Automatic: the one with the fewest numbers',
        'default (1 number)',
        'eu-2 (0 numbers)',
      ])
      await field('Server').selectOption('eu-2')
      await expectAccessible(page)
      await form.getByRole('button', { name: 'Create and show the code' }).click()
      await dialog('Pair loja-01').getByRole('img', picture).waitFor()
      second.control.scan('loja-01')
      await page.getByText('loja-01 is connected').waitFor()
      await page.getByRole('button', { name: 'Done' }).click()
      await place('#/')
      await rowOf(page, 'loja-01').getByText('eu-2').waitFor()
      await rowOf(page, 'vendas-01').getByText('default').waitFor()
      await field('Filter by server').selectOption('eu-2 (1)')
      await rowOf(page, 'vendas-01').waitFor({ state: 'detached' })
      await page.getByText('Numbers on the server eu-2').waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Show all numbers' }).click()
      await rowOf(page, 'vendas-01').waitFor()
    })

    test.each(['en-GB', 'pt-BR'])('reads each filter of the list whole on a phone, in %s', async (locale) => {
      await admin().instance.update.mutate({ name: 'loja-01', tags: ['vendas'] })
      const phone = await stage().enter(ADMIN_KEY, { ...SMALL, locale })
      const filters = phone.locator('.filters-end select')
      await eventually(() => filters.count()).toBe(3)
      expect(await filters.evaluateAll(missingWidths)).toEqual([0, 0, 0])
      expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
      await phone.close()
      await admin().instance.update.mutate({ name: 'loja-01', tags: [] })
    })

    test('begins the move of a number, which the page shows until it is continued or cancelled', async () => {
      await place('#/numbers/vendas-01')
      await openActs()
      await page.getByRole('menuitem', { name: 'Move to another server…' }).press('Enter')
      await dialog('Move vendas-01 to another server')
        .getByText(/Until the scan, default serves it/)
        .waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Show QR code' }).press('Enter')
      const moving = dialog('Move vendas-01 to eu-2')
      await moving.getByRole('img', picture).waitFor()
      await moving.getByText(/Until then default serves the number as before\.$/).waitFor()
      await expectAccessible(page)
      await moving.getByRole('button', { name: 'Continue later' }).click()
      await drawer().getByText('Moving to eu-2', { exact: true }).waitFor()
      await expectAccessible(page)
      await place('#/?server=eu-2')
      await rowOf(page, 'vendas-01').getByText('Moving to eu-2').waitFor()
      await place('#/numbers/vendas-01')
      await drawer().getByRole('button', { name: 'Cancel the move' }).click()
      await page.getByText('The move is cancelled: vendas-01 stays on default').waitFor()
      await drawer().getByText('Moving to eu-2', { exact: true }).waitFor({ state: 'detached' })
      expect(await admin().instance.get.query({ name: 'vendas-01' })).toMatchObject({
        server: 'default',
        movingTo: null,
      })
    })

    test('continues a move, whose code another phone cannot use, until the new server has the number', async () => {
      await admin().instance.move.mutate({ name: 'vendas-01', server: 'eu-2' })
      await drawer().getByRole('button', { name: 'Continue: show QR code' }).click()
      const moving = dialog('Move vendas-01 to eu-2')
      await moving.getByRole('img', picture).waitFor()
      second.control.scan('vendas-01', { phone: '5511987650002' })
      await moving.getByText(/Another phone than that of "vendas-01" was paired/).waitFor()
      await expectAccessible(page)
      await moving.getByRole('button', { name: 'Try again' }).click()
      await moving.getByRole('img', picture).waitFor()
      second.control.scan('vendas-01', { phone: PHONE.replace('+', '') })
      await page.getByText('vendas-01 is on eu-2').waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Done' }).click()
      const server = drawer()
        .locator('.details > div')
        .filter({ hasText: /^Server/ })
      expect(await server.textContent()).toBe('Servereu-2')
    })

    test('is shown why a server with numbers stays, and which server does not answer', async () => {
      await place('#/settings/servers')
      await page.getByRole('button', { name: 'Remove eu-2' }).click()
      const question = dialog('Remove the server eu-2?')
      await question.getByRole('button', { name: 'Remove' }).click()
      await question.getByText('It still has numbers, or one moves to it.').waitFor()
      await question.getByText(/has 2 numbers/).waitFor()
      await expectAccessible(page)
      await question.getByRole('button', { name: 'Cancel' }).click()
      const third = await startSimulator({ timeScale: 0, apiKey: second.apiKey })
      try {
        await page.getByRole('button', { name: 'Change eu-2' }).click()
        const form = dialog('Change the server eu-2')
        await form.getByLabel('Address').fill(third.url)
        await form.getByRole('button', { name: 'Save' }).click()
        await form.getByText('This address is not that of the server').waitFor()
        await form.getByText(/does not have 2 of its 2 numbers: loja-01, vendas-01\./).waitFor()
        await expectAccessible(page)
        await form.getByRole('button', { name: 'Cancel' }).click()
      } finally {
        await third.close()
      }
      stage().forgive(/status of 409/)
      await second.control.outage('refuse')
      await page.getByRole('button', { name: 'Check now: eu-2' }).click()
      await entry('eu-2').getByText('Does not answer').waitFor()
      await entry('default').getByText('Answers').waitFor()
      await page.locator('.banner').getByText('The server eu-2 does not answer.').waitFor()
      expect(await page.locator('.banner').getByText('Evolution does not answer.').count()).toBe(0)
    })

    test('is shown when a number can be deleted without its server', async () => {
      await place('#/numbers/vendas-01')
      await openActs()
      await page.getByRole('menuitem', { name: 'Delete…' }).click()
      const question = dialog('Delete vendas-01?')
      await question.getByLabel('Type vendas-01 to confirm').fill('vendas-01')
      await question.getByRole('button', { name: 'Delete' }).click()
      await page
        .locator('.note-more')
        .getByText(/^Its Evolution server does not answer, and nothing was changed\./)
        .waitFor()
      await place('#/settings/servers')
      stage().forgive(/status of 502/)
    })

    test('has the same on a phone, in dark and in Portuguese', async () => {
      await page.evaluate(() => localStorage.setItem('zapfleet.language', 'pt-BR'))
      await page.setViewportSize({ width: 390, height: 844 })
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.reload()
      await entry('eu-2').getByText('Não responde').waitFor()
      await expectAccessible(page)
      await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
      await second.control.outage(null)
      await page.getByRole('button', { name: 'Verificar agora: eu-2' }).click()
      await entry('eu-2').getByText('Responde', { exact: true }).waitFor()
      await place('#/')
      await rowOf(page, 'vendas-01').getByText('eu-2').waitFor()
      await field('Filtrar por servidor').waitFor()
      await expectAccessible(page)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
      for (const name of ['vendas-01', 'loja-01']) await admin().instance.delete.mutate({ name })
      await place('#/settings/servers')
      await page.getByRole('button', { name: 'Remover eu-2' }).click()
      await dialog('Remover o servidor eu-2?').getByRole('button', { name: 'Remover' }).click()
      await page.getByText('O servidor eu-2 foi removido').waitFor()
      await page.getByRole('heading', { name: 'Todos os números estão em um servidor' }).waitFor()
    })
  })
})
