import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_KEY } from './fleet.ts'
import { haveConnected } from './have-number.ts'
import { onStage } from './on-stage.ts'
import { eventually, expectAccessible, rowOf } from './stage.ts'

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
  afterEach(() => stage().leave())
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

    test('send only what was changed: the ramp continues', async () => {
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

  describe('in the view', () => {
    const ALL_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

    test('new contacts, the ramp as a picture with words, hours and the gap are shown, in both languages and widths', async () => {
      await admin().instance.update.mutate({
        name: 'vendas-01',
        newContactsPerHour: 5,
        newContactsPerDay: 20,
        minGapMs: 20_000,
        ramp: { from: 10, to: 100, days: 21 },
        hours: [{ days: [...ALL_DAYS], from: '00:00', to: '24:00' }],
      })
      const client = new pg.Client({ connectionString: stage().fleet.databaseUrl })
      await client.connect()
      await client.query(`update whatsapp_instances set novos_enviados_dia = 7, novos_janela_dia = now() + interval '1 day',
        novos_enviados_hora = 2, novos_janela_hora = now() + interval '1 day',
        rampa = rampa || '{"day": 8, "limitToday": 41, "heldBecause": "RESTRICTED"}' where nome = 'vendas-01'`)
      await client.end()
      const english = await open({ viewport: { width: 1280, height: 900 } })
      const use = (title: string) => drawer(english).locator('.number-use', { hasText: title })
      await use('New contacts today').getByText('7 of 20').waitFor()
      await use('New contacts this hour').getByText('2 of 5').waitFor()
      await use('Today').getByText('0 of 41').waitFor()
      await drawer(english).getByText('Day 8 of 21: 41 messages today.').waitFor()
      await drawer(english)
        .getByText('It did not rise last midnight: WhatsApp restricted the number.')
        .waitFor()
      const picture = drawer(english).getByRole('img', {
        name: 'A line from 10 messages on day 1 to 100 on day 21. Today is day 8, with 41.',
      })
      // The dot is where day 8 of 21 is, at the height of 41 of 100.
      const [dot, line] = await Promise.all([
        picture.locator('.ramp-dot').boundingBox(),
        picture.locator('.chart-base').boundingBox(),
      ])
      expect(((dot?.x ?? 0) + (dot?.width ?? 0) / 2 - (line?.x ?? 0)) / (line?.width ?? 1)).toBeCloseTo(
        7 / 20,
        1,
      )
      await drawer(english).getByText('every day 00:00–24:00 · open now').waitFor()
      await drawer(english).getByText('at least 20 seconds').waitFor()
      await expectAccessible(english)
      expect(await rowOf(english, 'vendas-01').getByText('0 of 41').count()).toBe(1)

      const portuguese = await open({ locale: 'pt-BR', ...PHONE })
      await drawer(portuguese).getByText('Dia 8 de 21: 41 mensagens hoje.').waitFor()
      await drawer(portuguese)
        .locator('.number-use', { hasText: 'Contatos novos hoje' })
        .getByText('7 de 20')
        .waitFor()
      await drawer(portuguese).getByText('todos os dias 00:00–24:00 · aberto agora').waitFor()
      await expectNoSideways(portuguese)
      await expectAccessible(portuguese)
    })

    test('the end of the wait between two messages is shown to the second, and goes when it is over', async () => {
      await admin().instance.update.mutate({ name: 'vendas-01', minGapMs: 3_600_000 })
      await admin().instance.recordSend.mutate({ name: 'vendas-01' })
      const page = await open()
      const wait = drawer(page).getByText(
        /^Waits between two messages. The next one is possible from \d\d:\d\d:\d\d on.$/,
      )
      await wait.waitFor()
      await expectAccessible(page)
      await admin().instance.update.mutate({ name: 'vendas-01', minGapMs: 1_000 })
      await wait.waitFor({ state: 'detached' })
    })
  })

  describe('in the fleet and in *Who would send?*', () => {
    const OTHERS = ['vendas-02', 'vendas-03', 'vendas-04']
    const PERSON = '5511987651234'
    beforeAll(async () => {
      const { instance, reservation } = admin()
      for (const name of OTHERS) await haveConnected(stage().fleet, name)
      // Two to six days ahead, in every time zone.
      const day = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[
        (new Date().getUTCDay() + 4) % 7
      ]
      await instance.update.mutate({
        name: 'vendas-01',
        ramp: null,
        newContactsPerHour: null,
        newContactsPerDay: null,
        minGapMs: 0,
        hours: null,
      })
      await reservation.reserve.mutate({ contactId: PERSON, exclude: OTHERS })
      await instance.update.mutate({ name: 'vendas-01', minGapMs: 3_600_000 })
      await instance.update.mutate({ name: 'vendas-02', newContactsPerDay: 1 })
      await reservation.reserve.mutate({
        contactId: '5511987650002',
        exclude: ['vendas-01', 'vendas-03', 'vendas-04'],
      })
      await instance.update.mutate({
        name: 'vendas-03',
        hours: [{ days: [day ?? 'sun'], from: '08:00', to: '09:00' }],
      })
      await instance.update.mutate({ name: 'vendas-04', draining: true })
    })

    test('the fleet shows what waits for what, and the room for new contacts', async () => {
      const page = await stage().enter(ADMIN_KEY)
      const gauge = page.locator('.gauge', { hasText: 'New contacts today' })
      await eventually(() => gauge.locator('.gauge-figures').textContent()).toBe('1of 1')
      await gauge.getByText('0 left').waitFor()
      await gauge.getByText('2 numbers without a limit').waitFor()
      await rowOf(page, 'vendas-02')
        .getByText('Limit for new contacts reached. New ones again after midnight.')
        .waitFor()
      await rowOf(page, 'vendas-03')
        .getByText(/^Closed, except for replies. Opens \w\w\w at 08:00.$/)
        .waitFor()
      await eventually(() => page.locator('.gauge-why').textContent()).toMatch(
        /^Cannot send now: (?=.*1 outside its hours)(?=.*1 waits between two messages)/,
      )
      await expectAccessible(page)
      const phone = await stage().enter(ADMIN_KEY, { locale: 'pt-BR', ...PHONE })
      await phone
        .locator('.gauge', { hasText: 'Contatos novos hoje' })
        .getByText('2 números sem limite')
        .waitFor()
      await expectNoSideways(phone)
      await expectAccessible(phone)
    })

    test('each reason is shown with the moment at which it ends', async () => {
      const page = await stage().enter(ADMIN_KEY)
      await page.goto(`${stage().fleet.url}/#/ask`)
      await page.getByLabel('Contact').fill('5511987659999')
      await page.getByRole('button', { name: 'Check', exact: true }).click()
      await page.getByRole('heading', { name: 'No number can send now' }).waitFor()
      const reason = (name: string) =>
        eventually(() =>
          page.getByRole('listitem').filter({ hasText: name }).locator('.candidate-reason').textContent(),
        )
      // Around midnight a moment of the next day has its date.
      const date = 'on \\d+ \\w+, \\d\\d:\\d\\d'
      await reason('vendas-01').toMatch(
        new RegExp(`^waits between two messages · free (at \\d\\d:\\d\\d:\\d\\d|${date})$`),
      )
      await reason('vendas-02').toMatch(new RegExp(`^limit for new contacts reached · free ${date}$`))
      await reason('vendas-03').toMatch(new RegExp(`^outside its hours · free ${date}$`))
      await reason('vendas-04').toBe('gets no new contacts')
      await expectAccessible(page)
    })

    test('a contact whose own number waits between two messages stays with it', async () => {
      const page = await stage().enter(ADMIN_KEY, PHONE)
      await page.goto(`${stage().fleet.url}/#/ask`)
      await page.getByLabel('Contact').fill(PERSON)
      await page.getByRole('button', { name: 'Check', exact: true }).click()
      await page.getByRole('heading', { name: 'vendas-01 would send after a wait' }).waitFor()
      await page
        .getByText('This contact keeps its number, which waits between two messages and is free')
        .waitFor()
      await expectNoSideways(page)
      await expectAccessible(page)
    })
  })
})
