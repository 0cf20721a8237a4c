import { FleetError } from '@zapfleet/client'
import { describe, expect, it } from 'vitest'
import type { ApiKey } from '../src/api/open-client.ts'
import { ALL_ACTS, auditHash, readSettingsHash, sectionHash } from '../src/settings/address.ts'
import { changesOf, outcomeOf } from '../src/settings/audit-changes.ts'
import { endpointProblems, NEW_ENDPOINT, newEndpointOf } from '../src/settings/endpoint-draft.ts'
import { factsOf, madeBy } from '../src/settings/key-facts.ts'
import { isWithoutStore } from '../src/settings/without-store.ts'
import { settings as en } from '../src/words/en/settings.ts'
import { makeFormat } from '../src/words/format.ts'

const aKey = (changes: Partial<ApiKey>): ApiKey => ({
  id: 'a',
  label: 'a',
  role: 'bot',
  source: 'database',
  state: 'active',
  createdAt: '2026-11-25T12:00:00.000Z',
  createdBy: 'ADMIN_API_KEY',
  createdByKey: null,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  replaces: null,
  ...changes,
})

describe('an address', () => {
  it('names a part, and the listing of the audit', () => {
    const listing = { act: 'key.create', key: 'a b', outcome: 'failed', before: '12' } as const
    expect(readSettingsHash(auditHash(listing))).toEqual({ section: 'audit', listing })
    expect(readSettingsHash(auditHash(ALL_ACTS))).toEqual({ section: 'audit', listing: ALL_ACTS })
    for (const section of ['keys', 'audit', 'webhooks'] as const)
      expect(readSettingsHash(sectionHash(section)).section).toBe(section)
  })

  it('with unknown values is that of the first part, without a filter', () => {
    expect(readSettingsHash('#/settings')).toEqual({ section: 'webhooks', listing: ALL_ACTS })
    expect(readSettingsHash('#/settings/nowhere?outcome=x&before=1e5')).toEqual({
      section: 'webhooks',
      listing: ALL_ACTS,
    })
  })
})

describe('an act', () => {
  it('shows the fields that differ', () => {
    expect(changesOf({ a: 1, b: null, c: 'x' }, { a: 2, b: null, c: 'x' })).toEqual([
      { field: 'a', before: '1', after: '2' },
    ])
  })

  it('of what was created or deleted shows every field that has a value', () => {
    expect(changesOf(null, { name: 'x', note: null, hours: [1] })).toEqual([
      { field: 'name', before: '–', after: 'x' },
      { field: 'hours', before: '–', after: '[1]' },
    ])
    expect(changesOf({ name: 'x' }, null)).toEqual([{ field: 'name', before: 'x', after: '–' }])
    expect(changesOf(null, null)).toEqual([])
  })

  it('is done, failed, or has no end', () => {
    expect(['done', 'NOT_FOUND', null].map((outcome) => outcomeOf({ outcome }))).toEqual([
      'done',
      'failed',
      'open',
    ])
  })
})

describe('a key', () => {
  const now = Date.parse('2026-11-25T15:00:00Z')
  const f = makeFormat('en-GB', 'UTC')
  it.each([
    [{}, ['created at 12:00 by ADMIN_API_KEY', 'never used']],
    [
      { lastUsedAt: '2026-11-25T14:50:00.000Z', expiresAt: '2026-11-25T16:00:00.000Z' },
      ['created at 12:00 by ADMIN_API_KEY', 'last used 10 min ago', 'ends at 16:00'],
    ],
    [
      { state: 'expired', expiresAt: '2026-11-25T14:00:00.000Z' },
      ['created at 12:00 by ADMIN_API_KEY', 'never used', 'ended at 14:00'],
    ],
    [
      { state: 'revoked', expiresAt: '2026-11-25T16:00:00.000Z', revokedAt: '2026-11-25T13:00:00.000Z' },
      ['created at 12:00 by ADMIN_API_KEY', 'never used', 'revoked at 13:00'],
    ],
  ] as const)('%o shows its times', (changes, facts) => {
    expect(factsOf(aKey(changes), en, f, now)).toEqual(facts)
  })

  it('created others, directly or by others, of which the active ones count', () => {
    const keys = [
      aKey({ id: 'grandchild', createdByKey: 'child' }),
      aKey({ id: 'child', createdByKey: 'root', state: 'revoked' }),
      aKey({ id: 'stranger', createdByKey: 'other' }),
      aKey({ id: 'root' }),
    ]
    expect(madeBy('root', keys).map(({ id }) => id)).toEqual(['grandchild'])
    expect(madeBy('stranger', keys)).toEqual([])
  })
})

describe('a new webhook', () => {
  const whole = { ...NEW_ENDPOINT, name: ' bot ', url: ' https://bot.example.com/in ' }

  it('is sent without spaces around, and without a secret where none was typed', () => {
    expect(endpointProblems(whole)).toEqual(new Set())
    expect(newEndpointOf({ ...whole, events: ['instance', 'message'] })).toEqual({
      name: 'bot',
      url: 'https://bot.example.com/in',
      events: ['message', 'instance'],
    })
    expect(newEndpointOf({ ...whole, secret: ' 0123456789abcdef ' })).toMatchObject({
      secret: '0123456789abcdef',
    })
  })

  it.each([
    ['name', { name: '' }],
    ['name', { name: 'ação' }],
    ['url', { url: 'bot.example.com' }],
    ['url', { url: 'ftp://bot.example.com' }],
    ['url', { url: 'https://' }],
    ['events', { events: [] }],
    ['secret', { secret: 'short' }],
  ] as const)('has a problem in its %s: %o', (field, changes) => {
    expect(
      endpointProblems({
        ...whole,
        ...changes,
        events: [...((changes as { events?: [] }).events ?? whole.events)],
      }),
    ).toEqual(new Set([field]))
  })
})

it('a refusal for want of ZAPFLEET_SECRET is no other refusal', () => {
  const message = 'ZAPFLEET_SECRET is not set, so no secret can be stored.'
  expect(isWithoutStore(new FleetError('INVALID_STATE', message))).toBe(true)
  expect(isWithoutStore(new FleetError('INVALID_STATE', '20 webhook endpoints exist.'))).toBe(false)
  expect(isWithoutStore(new Error(message))).toBe(false)
})
