import { isFleetError } from '@zapfleet/client'
import { nearest } from './connection/nearest.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { apiWords } from './words.ts'

/** The same error; for an unknown number, one that suggests the nearest name. */
export async function suggestName(session: Session, error: unknown): Promise<unknown> {
  if (!isFleetError(error, 'NOT_FOUND')) return error
  const name = /no instance named "(.+?)"/.exec(error.message)?.[1]
  if (name === undefined) return error
  try {
    const known = await session.client().instance.list.query({}, session.call)
    const guess = nearest(
      name,
      known.map((one) => one.name),
    )
    return guess === null ? error : new Refusal('notFound', apiWords(error), [t`Did you mean ${guess}?`])
  } catch {
    // The first error matters more.
    return error
  }
}
