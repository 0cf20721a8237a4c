import { FleetError } from '@zapfleet/client'
import { describe, expect, it } from 'vitest'
import type { AlertRoute, ApiKey } from '../src/api/open-client.ts'
import { ALL_ACTS, auditHash, readSettingsHash, sectionHash } from '../src/settings/address.ts'
import { changesOf, outcomeOf } from '../src/settings/audit-changes.ts'
import { endpointProblems, NEW_ENDPOINT, newEndpointOf } from '../src/settings/endpoint-draft.ts'
import { factsOf, madeBy, poolsIn } from '../src/settings/key-facts.ts'
import { draftOf, newRouteOf, routeProblems, routeUpdateOf } from '../src/settings/route-draft.ts'
import { isWithoutStore } from '../src/settings/without-store.ts'
import { settings as en } from '../src/words/en/settings.ts'
import { makeFormat } from '../src/words/format.ts'

const aKey = (changes: Partial<ApiKey>): ApiKey => ({
  id: 'a',
  label: 'a',
  role: 'bot',
  pools: null,
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
    for (const section of ['alert-routes', 'webhooks', 'keys', 'servers', 'audit'] as const)
      expect(readSettingsHash(sectionHash(section)).section).toBe(section)
  })

  it('with unknown values is that of the first part, without a filter', () => {
    expect(readSettingsHash('#/settings')).toEqual({ section: 'alert-routes', listing: ALL_ACTS })
    expect(readSettingsHash('#/settings/nowhere?outcome=x&before=1e5')).toEqual({
      section: 'alert-routes',
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
      { pools: ['cobranca', 'vendas'] },
      ['only cobranca, vendas', 'created at 12:00 by ADMIN_API_KEY', 'never used'],
    ],
    [
      { state: 'expired', expiresAt: '2026-11-25T14:00:00.000Z' },
      ['created at 12:00 by ADMIN_API_KEY', 'never used', 'ended at 14:00'],
    ],
    [
      { state: 'revoked', expiresAt: '2026-11-25T16:00:00.000Z', revokedAt: '2026-11-25T13:00:00.000Z' },
      ['created at 12:00 by ADMIN_API_KEY', 'never used', 'revoked at 13:00'],
    ],
  ] satisfies [Partial<ApiKey>, string[]][])('%o shows its times', (changes, facts) => {
    expect(factsOf(aKey(changes), en, f, now)).toEqual(facts)
  })

  it('has the pools that were typed, or none', () => {
    expect(poolsIn(' vendas, cobranca ,')).toEqual(['vendas', 'cobranca'])
    expect([poolsIn(''), poolsIn(' , ')]).toEqual([null, null])
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

describe('an alert route', () => {
  const stored: AlertRoute = {
    name: 'night',
    kind: 'email',
    address: { host: 'smtp.example.com', chatId: null, to: ['a@example.com'] },
    minSeverity: 'warning',
    quietHours: { from: '22:00', to: '07:00' },
    language: 'en',
    createdAt: '2026-11-25T12:00:00.000Z',
    lastDelivery: null,
  }
  const fresh = { ...draftOf(null, 'pt-BR'), name: 'team' }

  it.each([
    [
      { kind: 'slack', webhookUrl: ' https://hooks.example.com/x ' },
      { webhookUrl: 'https://hooks.example.com/x' },
    ],
    [
      { kind: 'telegram', botToken: '12:ab_C', chatId: '-1' },
      { botToken: '12:ab_C', chatId: '-1' },
    ],
    [{ kind: 'email', to: 'a@example.com; b@example.com' }, { to: ['a@example.com', 'b@example.com'] }],
    [
      { kind: 'email', to: 'a@example.com', smtpUrl: 'smtp://x' },
      { to: ['a@example.com'], smtpUrl: 'smtp://x' },
    ],
    [{ kind: 'webhook', url: 'https://example.com' }, { url: 'https://example.com' }],
  ] as const)('of %o is created with the fields of its kind', (typed, address) => {
    const draft = { ...fresh, ...typed }
    expect(routeProblems(draft, false)).toEqual(new Set())
    const common = { name: 'team', minSeverity: 'warning', language: 'pt-BR', quietHours: null }
    expect(newRouteOf(draft)).toEqual({ kind: typed.kind, ...address, ...common })
  })

  it.each([
    [{ kind: 'slack' }, 'webhookUrl'],
    [{ kind: 'telegram', chatId: '1' }, 'botToken'],
    [{ kind: 'telegram', botToken: '1:a' }, 'chatId'],
    [{ kind: 'email', to: '' }, 'to'],
    [{ kind: 'email', to: 'a@example.com, nobody' }, 'to'],
    [{ kind: 'email', to: Array(21).fill('a@example.com').join() }, 'to'],
    [{ kind: 'email', to: 'a@example.com', smtpUrl: 'mail.example.com' }, 'smtpUrl'],
    [{ kind: 'webhook' }, 'url'],
    [{ kind: 'webhook', url: 'https://example.com', secret: 'short' }, 'secret'],
    [{ kind: 'webhook', url: 'https://example.com', isQuiet: true, quietTo: '22:00' }, 'quietTo'],
    [{ kind: 'webhook', url: 'https://example.com', isQuiet: true, quietFrom: '' }, 'quietFrom'],
  ] as const)('of %o has a problem in %s', (typed, field) => {
    expect(routeProblems({ ...fresh, ...typed }, false)).toEqual(new Set([field]))
  })

  it('that is stored is changed by what differs, and keeps the secrets that were not typed', () => {
    const draft = draftOf(stored, 'pt-BR')
    expect(routeProblems(draft, true)).toEqual(new Set())
    expect(routeUpdateOf(draft, stored)).toEqual({ name: 'night' })
    expect(
      routeUpdateOf({ ...draft, to: 'b@example.com', isQuiet: false, minSeverity: 'info' }, stored),
    ).toEqual({ name: 'night', to: ['b@example.com'], quietHours: null, minSeverity: 'info' })
    expect(routeUpdateOf({ ...draft, smtpUrl: 'smtps://other' }, stored)).toEqual({
      name: 'night',
      smtpUrl: 'smtps://other',
    })
    expect(routeUpdateOf({ ...draft, usesDefaultSmtp: true }, stored)).toEqual({
      name: 'night',
      smtpUrl: null,
    })
    const slack = { ...stored, kind: 'slack' as const }
    expect(routeProblems(draftOf(slack, 'en'), true)).toEqual(new Set())
    expect(routeProblems({ ...draftOf(slack, 'en'), webhookUrl: 'x' }, true)).toEqual(new Set(['webhookUrl']))
  })
})

it('a refusal for want of ZAPFLEET_SECRET is no other refusal', () => {
  const message = 'ZAPFLEET_SECRET is not set, so no secret can be stored.'
  expect(isWithoutStore(new FleetError('INVALID_STATE', message))).toBe(true)
  expect(isWithoutStore(new FleetError('INVALID_STATE', '20 webhook endpoints exist.'))).toBe(false)
  expect(isWithoutStore(new Error(message))).toBe(false)
})
