import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_KEY } from './fleet.ts'
import { haveConnected } from './have-number.ts'
import { onStage } from './on-stage.ts'
import { eventually, expectAccessible } from './stage.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

onStage('the limits of a number beside those per hour and day', (stage) => {
  const admin = () => stage().fleet.admin
  const drawer = (page: Page) => page.getByRole('dialog', { name: 'vendas-01', exact: true })
  const read = () => admin().instance.get.query({ name: 'vendas-01' })
  const open = async (how = {}, key = ADMIN_KEY) => {
    const page = await stage().enter(key, how)
    await page.goto(`${stage().fleet.url}/#/numbers/vendas-01`)
    await drawer(page).locator('.timeline').waitFor()
    return page
  }
  /** Nothing is wider than the screen or than the drawer. */
  const expectNoSideways = async (page: Page) => {
    const widths = await page.evaluate(() => {
      const drawer = document.querySelector('.drawer')
      return [
        document.documentElement.scrollWidth - innerWidth,
        (drawer?.scrollWidth ?? 0) - (drawer?.clientWidth ?? 0),
      ]
    })
    expect(widths).toEqual([0, 0])
  }
  beforeAll(async () => {
    await haveConnected(stage().fleet, 'vendas-01')
  })

  describe('in the settings', () => {
    test('are closed while none is set, and set together with the keyboard', async () => {
      const page = await open()
      const more = drawer(page).locator('.more')
      await more.getByText('none is set').waitFor()
      expect(await drawer(page).getByLabel('New contacts a day').isVisible()).toBe(false)
      await more.locator('summary').focus()
      await page.keyboard.press('Enter')
      await drawer(page).getByLabel('New contacts a day').fill('20')
      await drawer(page).getByLabel('Seconds between two messages').fill('1.5')
      await drawer(page).getByLabel('Raise the limit a day step by step').press('Space')
      await drawer(page)
        .getByText(/^It begins today when you save: 10 messages today, 100 on /)
        .waitFor()
      await drawer(page).getByLabel('Send only at certain hours').press('Space')
      await drawer(page).getByLabel('To', { exact: true }).fill('22h')
      await drawer(page).getByLabel('Saturday').press('Space')
      await expectAccessible(page)
      await drawer(page).getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved').waitFor()
      expect(await read()).toMatchObject({
        hourlyCapacity: 20,
        newContactsPerHour: null,
        newContactsPerDay: 20,
        minGapMs: 1_500,
        ramp: { from: 10, to: 100, days: 21, day: 1, limitToday: 10 },
        hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '08:00', to: '22:00' }],
      })
      await more.getByText('new contacts, pace, slow start, hours').waitFor()
    })

    test('send only what was changed: the ramp goes on', async () => {
      const { ramp } = await read()
      const page = await open()
      const sent: unknown[] = []
      page.on('request', (request) => {
        if (request.url().includes('instance.update')) sent.push(request.postDataJSON())
      })
      await drawer(page).getByLabel('New contacts an hour').fill('5')
      await drawer(page).getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved').waitFor()
      expect(sent).toEqual([{ name: 'vendas-01', newContactsPerHour: 5 }])
      expect((await read()).ramp).toEqual(ramp)
    })

    test('show each error at its field, in Portuguese on a phone, and nothing is wider than the screen', async () => {
      const page = await open({ locale: 'pt-BR', ...PHONE })
      const field = (label: string) => drawer(page).getByLabel(label, { exact: true })
      /** The text that a screen reader reads with a field. */
      const below = (label: string) =>
        field(label).evaluate((one) =>
          (one.getAttribute('aria-describedby') ?? '')
            .split(' ')
            .map((id) => document.getElementById(id)?.textContent)
            .join(),
        )
      expect(await field('Segundos entre duas mensagens, no mínimo').inputValue()).toBe('1,5')
      await field('Contatos novos por dia').fill('muitos')
      await field('Segundos entre duas mensagens, no mínimo').fill('3601')
      await field('No último dia').fill('9')
      await field('Das').fill('22')
      await field('Até').fill('6')
      await eventually(() => below('Contatos novos por dia')).toContain('Um número inteiro de 0 a 1.000.000')
      expect(await below('Segundos entre duas mensagens, no mínimo')).toContain('de 0 a 3.600')
      expect(await below('No último dia')).toBe('Não menos que no primeiro dia.')
      expect(await below('Até')).toContain('use duas linhas: 22:00 a 24:00 e 00:00 a 06:00')
      await drawer(page).locator('.more').getByText('precisa de correção').waitFor()
      expect(await drawer(page).getByRole('button', { name: 'Salvar alterações' }).isEnabled()).toBe(false)
      await expectNoSideways(page)
      await expectAccessible(page)

      await field('Até').fill('24')
      await field('Até').blur()
      expect(await field('Até').inputValue()).toBe('24:00')
      await drawer(page).getByRole('button', { name: 'Adicionar horário' }).click()
      const second = drawer(page).getByRole('group', { name: 'Horário 2' })
      await eventually(() =>
        second.getByLabel('segunda-feira').evaluate((one) => one === document.activeElement),
      ).toBe(true)
      await second.getByText('Escolha pelo menos um dia.').waitFor()
      await second.getByRole('button', { name: 'Remover horário 2' }).click()
      await second.waitFor({ state: 'detached' })
      await drawer(page).getByRole('button', { name: 'Desfazer' }).click()
      expect(await field('Contatos novos por dia').inputValue()).toBe('20')
      expect((await read()).newContactsPerDay).toBe(20)
    })

    test('are read, and not changed, with the key of a viewer', async () => {
      const { secret } = await admin().key.create.mutate({ label: 'a screen', role: 'viewer' })
      const page = await open({}, secret)
      await drawer(page).getByText('Only an admin key may change this.').waitFor()
      expect(await drawer(page).getByLabel('New contacts a day').getAttribute('readonly')).not.toBeNull()
      expect(await drawer(page).getByLabel('Send only at certain hours').isDisabled()).toBe(true)
      expect(await drawer(page).getByRole('button', { name: 'Add hours' }).count()).toBe(0)
      await expectAccessible(page)
    })

    test('are removed', async () => {
      const page = await open()
      await drawer(page).getByLabel('New contacts a day').fill('')
      await drawer(page).getByLabel('New contacts an hour').fill('')
      await drawer(page).getByLabel('Seconds between two messages').fill('')
      await drawer(page).getByLabel('Raise the limit a day step by step').uncheck()
      await drawer(page).getByText('It ends when you save.').waitFor()
      await drawer(page).getByLabel('Send only at certain hours').uncheck()
      await drawer(page).getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved').waitFor()
      expect(await read()).toMatchObject({
        newContactsPerHour: null,
        newContactsPerDay: null,
        minGapMs: 0,
        ramp: null,
        hours: null,
      })
    })
  })
})
