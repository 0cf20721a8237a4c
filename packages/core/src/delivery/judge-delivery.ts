import { within } from '../ground/within.ts'
import type { DeliveryCall } from './delivery-fleet.ts'
import { nextDelivery } from './next-delivery.ts'
import { nextRestriction } from './next-restriction.ts'
import { type Case, readEvidence } from './read-evidence.ts'
import { type JudgementReason, storeJudgements, type Write } from './store-judgements.ts'

/** Another process may judge the same numbers at the same time: these are read again, at most this often. */
const ATTEMPTS = 3
/** A caller of `judgeSoon` waits no longer. */
const WAIT_MS = 2_000

/**
 * Judges whether the messages of these connected instances arrive and whether WhatsApp restricts them, by the stored outcomes and releases.
 * Stores what changed with its entry in the history; the pool of this process follows at once, others read it within a second.
 *
 * @param names null: all that have evidence
 * @returns the names whose messages stopped to arrive or arrive again, and whose restriction began or ended
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function judgeDelivery(call: DeliveryCall, names: readonly string[] | null): Promise<string[]> {
  const { fleet } = call
  const changed = new Set<string>()
  let open = names
  for (let attempt = 1; attempt <= ATTEMPTS && open?.length !== 0; attempt++) {
    const { at, cases } = await readEvidence(fleet, open)
    const writes = cases.flatMap((one) => writeOf(one, at) ?? [])
    const written = await storeJudgements(fleet, writes)
    for (const { name, entries } of writes) {
      if (!written.has(name)) continue
      for (const { reason, figures } of entries) {
        changed.add(name)
        const isBad = reason === 'NOT_DELIVERING' || reason === 'RESTRICTED'
        call.log[isBad ? 'warn' : 'info']({ instance: name, reason, evidence: figures }, WORDS[reason])
      }
    }
    open = writes.filter(({ name }) => !written.has(name)).map(({ name }) => name)
  }
  if (changed.size > 0) await fleet.engine.snapshot.refreshNames([...changed])
  return [...changed]
}

const WORDS: Readonly<Record<JudgementReason, string>> = {
  NOT_DELIVERING: 'the messages of this instance do not arrive; it leaves the rotation',
  DELIVERING: 'this instance is in the rotation again',
  RESTRICTED: 'WhatsApp restricts this instance to people who know it',
  UNRESTRICTED: 'the restriction of this instance ended',
}

function writeOf({ name, version, ...one }: Case, at: Date): Write | null {
  const delivery = nextDelivery(one.delivery, one.deliveryEvidence, at)
  const restriction = nextRestriction(one.restriction, one.restrictionEvidence, at)
  if (delivery.next === one.delivery && restriction.next === one.restriction) return null
  const entries: Write['entries'] = []
  const [failed, fails] = [one.delivery.state === 'failing', delivery.next.state === 'failing']
  if (failed !== fails)
    entries.push({ reason: fails ? 'NOT_DELIVERING' : 'DELIVERING', figures: delivery.figures })
  const [was, is] = [one.restriction.since !== null, restriction.next.since !== null]
  if (was !== is) entries.push({ reason: is ? 'RESTRICTED' : 'UNRESTRICTED', figures: restriction.figures })
  return { name, version, delivery: delivery.next, restriction: restriction.next, entries }
}

/**
 * Judges these instances after the run that is in progress, together with all that were named meanwhile. Resolves when they are
 * judged, or after 2 s; never rejects.
 */
export async function judgeSoon(call: DeliveryCall, names: readonly string[]): Promise<void> {
  const { waiting, runs } = call.fleet.delivery
  for (const name of names) waiting.add(name)
  const judged = runs.run(async () => {
    const all = [...waiting]
    waiting.clear()
    try {
      await judgeDelivery(call, all)
    } catch (error) {
      call.log.warn({ err: error, instances: all.length }, 'the delivery of instances could not be judged')
    }
  })
  await within(WAIT_MS, judged, () => {})
}
