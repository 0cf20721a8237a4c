import { nearest } from './connection/nearest.ts'
import type { Instance } from './connection/open-client.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { tagsOf } from './tag-arguments.ts'

/** Tags in one sentence: a fleet of thousands of numbers may have hundreds. */
const MOST_SHOWN = 20

/** The refusal of a tag that none of these numbers has, with the tags that they have. */
export function noSuchTag(tag: string, instances: readonly Pick<Instance, 'tags'>[]): Refusal {
  const tags = tagsOf(instances)
  const guess = nearest(tag, tags)
  const shown = tags.slice(0, MOST_SHOWN).join(', ')
  const more = tags.length - MOST_SHOWN
  const known =
    tags.length === 0
      ? t`No number has a tag.`
      : more > 0
        ? t`The tags are ${shown}, and ${more} more.`
        : t`The tags are ${shown}.`
  const hint =
    tags.length === 0 ? t`Give one to a number with: zapfleet instances update <name> --tags <tags>` : null
  return new Refusal('notFound', `${t`No number has the tag "${tag}".`} ${known}`, [
    ...(hint === null ? [] : [hint]),
    ...(guess === null ? [] : [t`Did you mean ${guess}?`]),
  ])
}

/** Refuses `--pool` where it names no number: the API answers such a read with zeros. @throws Refusal (notFound) */
export async function requirePool(session: Session, pool: string | undefined): Promise<void> {
  if (pool === undefined) return
  const instances = await session.client().instance.list.query({}, session.call)
  if (!instances.some(({ tags }) => tags.includes(pool))) throw noSuchTag(pool, instances)
}
