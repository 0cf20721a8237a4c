import type { RegistryDiagnosis } from '@zapfleet/core'
import { count, type Finding, ok, some, warn } from '../finding.ts'

const WAYS =
  "Let events about messages arrive by one of: our webhook (PUBLIC_URL, then instance.import); Evolution's websocket (WEBSOCKET_ENABLED and WEBSOCKET_GLOBAL_EVENTS there, EVOLUTION_WEBSOCKET=true here); its global webhook; or reservation.report from the bot. See docs/en/evidence.md."

/** Judges which numbers are covered by events about messages: without them it is not known whether messages arrive. */
export function judgeEvents({ coverage }: RegistryDiagnosis): Finding {
  const check = 'events'
  const { coveredNumbers: covered, blindNumbers: blind, source } = coverage
  if (covered.length === 0 && blind.length === 0)
    return ok(check, 'no connected number sent in the last 24 hours')
  if (covered.length === 0)
    return ok(
      check,
      `no event about messages in the last 24 hours: what becomes of them is not known, and every number reads unproven. ${WAYS}`,
    )
  const found = `${count(covered.length, 'number')} covered${source === null ? '' : `, last by ${source.replaceAll('_', ' ')}`}`
  if (blind.length === 0) return ok(check, found)
  return warn(check, `${found}; sent in the last 24 hours without an event: ${some(blind)}`, WAYS)
}

/** Judges whether inbound messages can be dead, by the version of Evolution; null: its version is not known. */
export function judgeInbound({ withoutInbound }: RegistryDiagnosis, version: string | null): Finding | null {
  if (withoutInbound.length === 0 || !losesInbound(version)) return null
  return warn(
    'inbound',
    `logged out through zapfleet and paired again, and no inbound message since: ${some(withoutInbound)}`,
    `Evolution ${version} sends no event of inbound messages of such a number until its process restarts (corrected in 2.3.7): restart Evolution, or upgrade it.`,
  )
}

/** Versions before 2.3.7. */
function losesInbound(version: string | null): boolean {
  const [major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)\.(\d+)/.exec(version ?? '')?.slice(1) ?? []).map(
    Number,
  )
  return major === 2 && (minor < 3 || (minor === 3 && patch < 7))
}
