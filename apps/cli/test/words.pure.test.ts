import { STATUS_REASONS } from '@zapfleet/client'
import { ACTIONS_PT_BR, STATUS_REASONS_PT_BR } from '@zapfleet/words'
import { expect, it } from 'vitest'
import type { Instance } from '../src/connection/open-client.ts'
import { inLanguage } from '../src/language.ts'
import { actionWords, changeWords, noteOf, statusReasonWords } from '../src/words.ts'

const number = (fields: Partial<Instance>): Instance =>
  ({
    status: 'connected',
    statusReason: null,
    unavailableReason: null,
    paused: false,
    pauseReason: null,
    duplicateOf: null,
    action: 'Do it.',
    nextStep: null,
    ...fields,
  }) as Instance

it('has Portuguese words for every reason and every action, the same as the page', () => {
  inLanguage('pt-BR', () => {
    for (const reason of STATUS_REASONS) {
      expect(statusReasonWords(reason)).toBe(STATUS_REASONS_PT_BR[reason])
      expect(actionWords(number({ statusReason: reason }))).toBe(ACTIONS_PT_BR[reason])
    }
    const failing = (reason: string) => number({ delivery: { state: 'failing', since: null, reason } })
    for (const reason of ['SENDS_REFUSED', 'NO_RECEIPTS'] as const)
      expect(actionWords(failing(reason))).toBe(ACTIONS_PT_BR[reason])
    const restriction = { since: '2026-11-29T12:00:00.000Z', until: null, source: 'inferred' } as const
    expect(actionWords(number({ restriction }))).toBe(ACTIONS_PT_BR.RESTRICTED)
    expect(actionWords(number({ paused: true, nextStep: 'resume' }))).toBe(ACTIONS_PT_BR.PAUSED)
    expect(actionWords(number({ statusReason: 'ON_THE_MOON' as never }))).toBe('Do it.')
    expect(statusReasonWords('ON_THE_MOON' as never)).toBe('on the moon')
  })
})

it.each([
  [{ unavailableReason: 'DAILY_LIMIT' }, 'daily limit reached', 'limite do dia atingido'],
  [{ unavailableReason: 'HOURLY_LIMIT' }, 'hourly limit reached', 'limite da hora atingido'],
  [
    { unavailableReason: 'DUPLICATE_PHONE', duplicateOf: 'loja-01' },
    'same phone as loja-01',
    'mesmo celular de loja-01',
  ],
  [{ unavailableReason: 'NOT_DELIVERING' }, 'its messages do not arrive', 'as mensagens não chegam'],
  [
    { restriction: { since: '2026-11-29T12:00:00.000Z', until: null, source: 'operator' } },
    'may write only to people who know it',
    'só pode escrever para quem já o conhece',
  ],
  [{ status: 'banned', statusReason: 'BANNED', unavailableReason: 'BANNED' }, '', ''],
] as const)('the note of %j is in the language of the person', (fields, english, portuguese) => {
  expect(noteOf(number(fields))).toBe(english)
  expect(inLanguage('pt-BR', () => noteOf(number(fields)))).toBe(portuguese)
})

it.each([
  [
    'RAMP_ADVANCED',
    { limitToday: 46 },
    'its daily limit grew: 46 today',
    'o limite do dia aumentou: 46 hoje',
  ],
  ['MOVED', null, 'moved to another Evolution server', 'mudou para outro servidor Evolution'],
  [
    'RAMP_HELD',
    { limitToday: 41, heldBecause: 'RESTRICTED' },
    'its daily limit did not grow: 41 today, restricted on the day before',
    'o limite do dia não aumentou: 41 hoje, com restrição no dia anterior',
  ],
  ['RAMP_HELD', { limitToday: 41, heldBecause: 'NEW' }, 'its daily limit did not grow: 41 today, NEW', null],
  ['RAMP_HELD', null, 'its daily limit did not grow', 'o limite do dia não aumentou'],
  ['DELIVERING', { limitToday: 5 }, 'its messages arrive again', 'as mensagens voltaram a chegar'],
] as const)('the history has %s with %j in words', (reason, evidence, english, portuguese) => {
  const change = { at: '', from: null, to: 'connected', reason, evidence } as const
  expect(changeWords(change)).toBe(english)
  if (portuguese !== null) expect(inLanguage('pt-BR', () => changeWords(change))).toBe(portuguese)
})
