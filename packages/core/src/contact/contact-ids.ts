import type { Ground } from '../ground/ground.ts'
import { contactKey, keyForms } from './contact-key.ts'

/** One contact: its key, and the ids under which it may be in `clientes`. */
export type ContactIds = {
  /** One spelling for all ids of the contact; what the tables of zapfleet hold. */
  readonly key: string
  /** The id as the column `clientes.id` would hold it; null when it cannot be one. */
  readonly client: string | null
  /** Where the contact may be in `clientes` under several ids: all of them; else null. */
  readonly clients: readonly string[] | null
}

/** Before the digits of one form of a Brazilian number whose two forms are two contacts. */
export const APART = '='
const APART_KEY = /^=55\d{10,11}$/

/** Whether the key is one of two forms that are two contacts. Other ids may begin with the same character. */
export function isApart(key: string): boolean {
  return key.startsWith(APART) && APART_KEY.test(key)
}

type Ids = Pick<Ground, 'clients' | 'defaultCountry'>

/** The contact of this id, by the rules of `contactKey` alone. */
export function contactIds(ground: Ids, id: string): ContactIds {
  const trimmed = id.trim()
  // A spreadsheet writes a number so; as it is, it would be the key of one form.
  const written = ground.clients.canonical(isApart(trimmed) ? trimmed.slice(APART.length) : trimmed)
  const key = contactKey(written, ground.defaultCountry)
  return key === written && !mayHaveForms(key) ? alone(ground, key) : withForms(ground, key, written)
}

/** The contact of this key. */
export function idsOfKey(ground: Ids, key: string): ContactIds {
  if (isApart(key)) return { ...alone(ground, key.slice(APART.length)), key }
  return mayHaveForms(key) ? withForms(ground, key, key) : alone(ground, key)
}

/** The key of the contact that is written so, where the two forms of `key` are two contacts. */
export function apartKey(key: string, id: string): string {
  const digits = id.replace(/[:@].*$/, '').replace(/\D/g, '')
  const form = keyForms(key)?.find((one) => digits.endsWith(withoutCountry(one)))
  return APART + (form ?? key)
}

/** Area code and number of a Brazilian form: ids need not hold the country code, and may have a trunk 0 before the area code. */
const withoutCountry = (form: string): string => form.slice(2)

const alone = ({ clients }: Ids, key: string): ContactIds => ({
  key,
  client: clients.fit(key),
  clients: null,
})

/** Only Brazilian numbers have two forms, and they are most keys of a bot; this spares the others the rest. */
const mayHaveForms = (key: string): boolean => key.length === 13 && key.startsWith('55')

function withForms(ground: Ids, key: string, written: string): ContactIds {
  const { clients } = ground
  if (clients.kind === 'uuid' || clients.kind === 'none')
    return { key, client: clients.fit(written), clients: null }
  const forms = new Set([...(keyForms(key) ?? [key]), written])
  const fitting = [...forms].flatMap((form) => clients.fit(form) ?? [])
  return { key, client: fitting[0] ?? null, clients: fitting.length > 1 ? fitting : null }
}
