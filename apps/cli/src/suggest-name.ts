import { isFleetError } from '@zapfleet/client'
import { nearest } from './connection/nearest.ts'
import { t } from './language.ts'
import { noSuchTag } from './no-such-tag.ts'
import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { apiWords } from './words.ts'

/** The same error; for an unknown number or tag, one that suggests the nearest one. */
export async function suggestName(session: Session, error: unknown): Promise<unknown> {
  if (!isFleetError(error, 'NOT_FOUND')) return error
  const name = /no instance named "(.+?)"/.exec(error.message)?.[1]
  const tag = /has the tag ("(?:[^"\\]|\\.)*")/.exec(error.message)?.[1]
  const readAll = () => session.client().instance.list.query({}, session.call)
  try {
    if (tag !== undefined) return noSuchTag(JSON.parse(tag), await readAll())
    if (name === undefined) return error
    const known = (await readAll()).map((one) => one.name)
    const guess = nearest(name, known)
    return guess === null ? error : new Refusal('notFound', apiWords(error), [t`Did you mean ${guess}?`])
  } catch {
    // The first error matters more.
    return error
  }
}
