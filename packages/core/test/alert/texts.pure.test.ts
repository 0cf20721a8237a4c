import { describe, expect, it, test } from 'vitest'
import { type AlertFacts, RULES } from '../../src/alert/alert.ts'
import { TEXT_LANGUAGES, type TextAlert } from '../../src/alert/text-alert.ts'
import { alertText, noticeText } from '../../src/alert/texts.ts'

const OPTIONS = { timeZone: 'America/Sao_Paulo', pageUrl: 'https://zap.example.com' }
const EN = { ...OPTIONS, language: 'en' } as const
const PT = { ...OPTIONS, language: 'pt-BR' } as const

const FACTS: AlertFacts = {
  since: '2026-05-05T11:58:00.000Z',
  numbers: 3,
  names: ['a', 'b', 'c'],
  failed: 7,
  waiting: 12,
  sent: 81,
  capacity: 100,
  day: '2026-05-05',
}
const alert = (given: Partial<TextAlert> = {}): TextAlert => ({
  rule: 'number_down',
  severity: 'warning',
  subject: 'vendas-01',
  facts: { since: '2026-05-05T11:58:00.000Z', status: 'disconnected', reason: 'LOGGED_OUT_BY_PHONE' },
  openedAt: new Date('2026-05-05T12:00:00Z'),
  closedAt: null,
  seenOkAt: null,
  ...given,
})
const many = (count: number, given: Partial<TextAlert> = {}): TextAlert[] =>
  Array.from({ length: count }, (_, n) => alert({ subject: `n${n}`, ...given }))

it('names what, since when, what it means, what to do and where', () => {
  expect(alertText(alert(), EN)).toEqual({
    title: '"vendas-01" is not connected',
    text: [
      'Since 05/05/2026, 08:58 GMT-3',
      'For customers: It sends nothing, and what customers write to it arrives only when it is back.',
      'What to do: Its session has ended. Open the number on the page and scan the QR code with its phone.',
      'Page: https://zap.example.com/#/numbers/vendas-01',
    ].join('\n'),
  })
  expect(alertText(alert(), PT)).toEqual({
    title: '"vendas-01" está desconectado',
    text: [
      'Desde 05/05/2026, 08:58 BRT',
      'Para os clientes: Ele não envia nada, e o que os clientes escrevem para ele só chega quando ele voltar.',
      'O que fazer: A sessão dele terminou. Abra o número na página e leia o QR Code com o celular dele.',
      'Página: https://zap.example.com/#/numbers/vendas-01',
    ].join('\n'),
  })
})

describe.each(TEXT_LANGUAGES)('in %s', (language) => {
  const options = { ...OPTIONS, language }

  test.each(RULES)('%s has all its texts', (rule) => {
    const one = alert({ rule, facts: FACTS })
    const over = alert({ rule, facts: FACTS, closedAt: new Date('2026-05-05T13:00:00Z') })
    const all = [
      alertText(one, options),
      alertText(over, options),
      noticeText('opened', [one, one], options),
      noticeText('closed', [over, over], options),
      noticeText('digest', [one, over], options),
    ]
    for (const { title, text } of all) {
      expect(title).not.toBe('')
      expect(text).not.toBe('')
      expect(`${title} ${text}`).not.toMatch(/undefined|null|NaN|Invalid/)
      expect(title).not.toContain('\n')
    }
    expect(new Set(all.slice(0, 2).map(({ title }) => title)).size).toBe(2)
    expect(new Set(all.slice(2).map(({ title }) => title)).size).toBe(3)
  })

  it('a rule without any fact has a text', () => {
    for (const rule of RULES)
      expect(alertText(alert({ rule, facts: {} }), options).text).not.toMatch(/undefined|null|NaN|Invalid/)
  })
})

it('a group shows ten names and how many more, and each act with its numbers', () => {
  const { title, text } = noticeText('opened', many(50), EN)
  expect(title).toBe('50 numbers are not connected')
  expect(text.split('\n')[0]).toBe('n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 40 more')
  const mixed = [...many(2), alert({ subject: 'x', facts: { reason: 'RECONNECTING' } })]
  expect(noticeText('opened', mixed, PT).text).toContain('O que fazer (x): A Evolution está reconectando.')
})

it('alerts of several rules are listed by rule, the most urgent first', () => {
  const banned = alert({ rule: 'number_banned', severity: 'critical', subject: 'x' })
  const { title, text } = noticeText('opened', [...many(2), banned], EN)
  expect(title).toBe('3 new alerts')
  expect(text.indexOf('WhatsApp banned "x"')).toBeLessThan(text.indexOf('2 numbers are not connected'))
})

it('the end names how it ended and how long it lasted', () => {
  const closedAt = new Date('2026-05-05T14:28:00Z')
  const texts = (given: Partial<TextAlert>) => alertText(alert({ closedAt, ...given }), EN)
  expect(texts({}).title).toBe('"vendas-01" is connected again')
  expect(texts({}).text).toContain('It lasted 2 h 30 min')
  expect(texts({ facts: { end: 'removed' } }).title).toBe('"vendas-01" was deleted, which ends its alert')
  expect(texts({ facts: { end: 'paused' } }).title).toBe('"vendas-01" was paused, which ends its alert')
  expect(texts({ facts: { end: 'banned' } }).title).toBe('"vendas-01" was banned, which ends its alert')
  expect(texts({ rule: 'route_failing', subject: 'ops', facts: { end: 'removed' } }).title).toBe(
    'The alert route "ops" was deleted, which ends its alert',
  )
})

it('the ends of several alerts that are not all recoveries are listed', () => {
  const closedAt = new Date('2026-05-05T14:28:00Z')
  const [back, gone] = [alert({ closedAt }), alert({ closedAt, subject: 'b', facts: { end: 'removed' } })]
  expect(noticeText('closed', [back, gone], EN)).toEqual({
    title: '2 alerts are over',
    text: '"vendas-01" is connected again\n"b" was deleted, which ends its alert\nPage: https://zap.example.com/',
  })
  const many = Array.from({ length: 12 }, () => gone)
  expect(noticeText('closed', many, EN).text).toContain('its alert\nand 2 more\nPage')
})

test.each([
  'evolution_unreachable',
  'evolution_unlicensed',
  'all_numbers_down',
  'sends_failing',
  'no_events',
  'messages_waiting',
] as const)('an end of %s without a recovery names none', (rule) => {
  const closedAt = new Date('2026-05-05T14:28:00Z')
  for (const options of [EN, PT]) {
    const titles = [undefined, 'unrecovered'].map(
      (end) => alertText(alert({ rule, closedAt, facts: { end: end ?? null } }), options).title,
    )
    expect(new Set(titles).size).toBe(2)
    expect(titles[1]).not.toMatch(/again|voltou|de novo|undefined/)
  }
})

it('the end names how long it lasted until its subject read well, not until the alert closed', () => {
  const closedAt = new Date('2026-05-05T12:08:00Z')
  const seenOkAt = new Date('2026-05-05T12:03:00Z')
  expect(alertText(alert({ closedAt, seenOkAt }), EN).text).toContain('It lasted 5 min')
})

it('an open alert whose subject reads well names since when and what ends it, in place of what to do', () => {
  const well = alert({ seenOkAt: new Date('2026-05-05T12:03:00Z') })
  expect(alertText(well, EN).text).toBe(
    [
      'Since 05/05/2026, 08:58 GMT-3',
      'All is well since 05/05/2026, 09:03 GMT-3. The alert ends when that lasts for 5 minutes.',
      'Page: https://zap.example.com/#/numbers/vendas-01',
    ].join('\n'),
  )
  expect(alertText(well, PT).text).toContain('Está tudo normal desde 05/05/2026, 09:03 BRT. O alerta termina')
  expect(noticeText('digest', [well], EN).text).toContain('(warning, well since 05/05/2026, 09:03 GMT-3)')
  // It is reported as it opened.
  expect(noticeText('opened', [well], EN).text).toContain('What to do: ')
  // Midnight ends it.
  const day = alert({ rule: 'day_nearly_full', facts: FACTS, seenOkAt: new Date('2026-05-05T12:03:00Z') })
  expect(alertText(day, EN).text).not.toContain('All is well')
})

it('a summary ends with the address of the page', () => {
  const { text } = noticeText('digest', many(60), EN)
  expect(text.split('\n').slice(-2)).toEqual(['…', 'Page: https://zap.example.com/'])
  expect(noticeText('digest', many(1), { ...EN, pageUrl: null }).text.split('\n')).toHaveLength(1)
})

it('an opening is reported as one although the alert is closed by then', () => {
  const over = alert({ closedAt: new Date('2026-05-05T14:28:00Z') })
  expect(noticeText('opened', [over], EN).title).toBe('"vendas-01" is not connected')
})

it('without an address of the page there is no link, and a name is escaped in one', () => {
  expect(alertText(alert(), { ...EN, pageUrl: null }).text).not.toContain('Page')
  expect(alertText(alert({ subject: 'a b/ç' }), EN).text).toContain('/#/numbers/a%20b%2F%C3%A7')
})
