import type { Ground } from '../ground/ground.ts'
import type { SharedFor } from '../ground/share-for.ts'
import type { ContactCounts } from './contact-counts.ts'
import type { ContactDrops } from './contact-drops.ts'
import type { PreferenceCache } from './preference-cache.ts'

/** What contacts need of a fleet. */
export type ContactFleet = Ground & {
  readonly preferences: PreferenceCache
  /** The contacts that changed in any process. */
  readonly drops: ContactDrops
  readonly contactCounts: SharedFor<ContactCounts>
}
