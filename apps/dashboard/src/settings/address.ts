import { SETTINGS_HASH } from '../route.ts'

/** Parts of the settings, in their order. The first is shown where the address names none. */
export const SECTIONS = ['alert-routes', 'webhooks', 'keys', 'servers', 'audit'] as const

export type Section = (typeof SECTIONS)[number]

export const OUTCOMES = ['done', 'failed', 'open'] as const

/** Which acts of the audit are listed: by act or noun, by the id of a key, by outcome, and those before a cursor. */
export type AuditListing = {
  act: string | null
  key: string | null
  outcome: (typeof OUTCOMES)[number] | null
  before: string | null
}

export const ALL_ACTS: AuditListing = { act: null, key: null, outcome: null, before: null }

/** `#/settings` and `#/settings/<section>`; the audit with `?act=&key=&outcome=&before=`. Unknown values are left out. */
export function readSettingsHash(hash: string): { section: Section; listing: AuditListing } {
  const [path = '', query = ''] = hash.split(/\?(.*)/s)
  const name = path.slice(SETTINGS_HASH.length + 1)
  const given = new URLSearchParams(query)
  const before = given.get('before') ?? ''
  return {
    section: SECTIONS.find((one) => one === name) ?? SECTIONS[0],
    listing: {
      act: given.get('act') || null,
      key: given.get('key') || null,
      outcome: OUTCOMES.find((one) => one === given.get('outcome')) ?? null,
      before: /^\d{1,18}$/.test(before) ? before : null,
    },
  }
}

/** The address of a part. */
export function sectionHash(section: Section): string {
  return `${SETTINGS_HASH}/${section}`
}

/** The address of the audit with this listing. */
export function auditHash({ act, key, outcome, before }: AuditListing): string {
  const query = new URLSearchParams()
  if (act !== null) query.set('act', act)
  if (key !== null) query.set('key', key)
  if (outcome !== null) query.set('outcome', outcome)
  if (before !== null) query.set('before', before)
  const text = query.toString()
  return sectionHash('audit') + (text === '' ? '' : `?${text}`)
}
