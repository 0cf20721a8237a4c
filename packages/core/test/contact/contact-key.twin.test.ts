import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contactKey, keyForms } from '../../src/contact/contact-key.ts'
import { testFleet } from '../support/fleet.ts'
import { asWritten, mobile, oneForm, otherIds } from '../support/written-ids.ts'

const { sql } = await testFleet()

/** Texts made of the parts of ids, most of them almost a phone. */
const pieces = fc.constantFrom(
  ...[
    '+',
    '(',
    ')',
    ' ',
    '-',
    '.',
    '/',
    ':',
    '@',
    '0',
    '00',
    '9',
    '55',
    '47',
    '20',
    '1',
    '8888',
    '7777',
    '3333',
  ],
  ...[
    '(47)',
    '(047)',
    '+55',
    '(+55)',
    '88887777',
    '988887777',
    '@s.whatsapp.net',
    '@c.us',
    '@lid',
    ':12',
    '@g.us',
  ],
  ...[
    'a',
    'Z',
    '_',
    '\t',
    '\n',
    '\u00a0',
    '\u2003',
    '\u200e',
    '\u202a',
    '\ufeff',
    '\u2011',
    '\u2212',
    'é',
    '٤',
    '😀',
    '\u2028',
  ],
)
const almost = fc.array(pieces, { maxLength: 8 }).map((list) => list.join(''))
const characters = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0'))
const anyId = fc.oneof(asWritten(mobile), otherIds, oneForm, almost, almost, characters)

it('contact_key in SQL is contactKey, for ids in any form', async () => {
  const ids = fc.sample(anyId, 20_000)
  const rows = await sql(
    `select k.id, zapfleet.contact_key(k.id) brazil, zapfleet.contact_key(k.id, 'US') elsewhere from unnest($1::text[]) with ordinality k(id, ord) order by k.ord`,
    [ids],
  )
  expect(rows.map((row) => row.brazil)).toEqual(ids.map((id) => contactKey(id, 'BR')))
  const joined = rows.filter((row) => row.brazil !== row.id)
  expect(joined.length).toBeGreaterThan(2_000)
  // In another country phones with an area code in brackets are left to TypeScript, which reads that country's plan.
  for (const { id, elsewhere, brazil } of rows) expect([brazil, String(id).trim()]).toContain(elsewhere)
})

it('short_contact_form in SQL is the second of keyForms', async () => {
  const keys = fc.sample(anyId, 5_000).map((id) => contactKey(id, 'BR'))
  const rows = await sql(
    'select zapfleet.short_contact_form(k.key) form from unnest($1::text[]) with ordinality k(key, ord) order by k.ord',
    [keys],
  )
  expect(rows.map((row) => row.form)).toEqual(keys.map((key) => keyForms(key)?.[1] ?? null))
})

it('may_be_form is true for every id that is not its own key', async () => {
  const ids = fc.sample(anyId, 20_000).map((id) => id.trim())
  const rows = await sql(
    `select k.id from unnest($1::text[]) k(id) where zapfleet.contact_key(k.id) <> k.id and not zapfleet.may_be_form(k.id)`,
    [ids],
  )
  expect(rows).toEqual([])
})
