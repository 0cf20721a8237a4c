import type { Ground } from '../ground/ground.ts'
import type { SharedFor } from '../ground/share-for.ts'
import type { ContactCounts } from './contact-counts.ts'
import type { ContactDrops } from './contact-drops.ts'
import type { PreferenceCache } from './preference-cache.ts'
import type { RecordedInbounds } from './recorded-inbounds.ts'

/** What contacts need of a fleet. */
export type ContactFleet = Ground & {
  readonly preferences: PreferenceCache
  /** The contacts that changed in any process. */
  readonly drops: ContactDrops
  readonly contactCounts: SharedFor<ContactCounts>
  readonly recordedInbounds: RecordedInbounds
}

/** What merging the rows of contacts needs of a fleet. */
export type ContactFormsFleet = Pick<Ground, 'sql' | 'defaultCountry'>
