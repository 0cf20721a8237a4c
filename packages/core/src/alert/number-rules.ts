import type { StatusReason } from '../instance/action.ts'
import { ALERT_THRESHOLDS as LIMITS } from './alert-thresholds.ts'
import type { Finding } from './finding.ts'
import type { NumberReading } from './fleet-reading.ts'

/** A person is about to pair it, or has not begun to. */
const PAIRING: ReadonlySet<StatusReason | null> = new Set<StatusReason>([
  'NEVER_CONNECTED',
  'WAITING_FOR_SCAN',
  'QR_LIMIT_REACHED',
  'NO_QR_CODE',
])
/** Reasons of Evolution, which are no evidence that the number ever was connected. */
const OF_EVOLUTION: ReadonlySet<StatusReason | null> = new Set<StatusReason>([
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_UNLICENSED',
  'EVOLUTION_REFUSES_KEY',
  'EVOLUTION_UNCLEAR',
])

/** Whether it does not send, whatever the cause. */
const isDown = ({ status }: NumberReading): boolean => status !== 'connected' && status !== 'banned'

/** Whether customers depend on it: it was in use before, and is not paused. A new number that waits for its first scan is not. */
export function isInService(number: NumberReading): boolean {
  const { reason, paused, checkedAt, connectedAt, lastFall, lastSentAt } = number
  if (paused || checkedAt === null) return false
  if (connectedAt !== null || lastFall !== null || lastSentAt !== null) return true
  return reason !== null && !PAIRING.has(reason) && !OF_EVOLUTION.has(reason)
}

/** Not connected for 2 minutes, or connected and falling again and again. */
export function numberDown(number: NumberReading): Finding[] {
  const { name, server, status, reason, since, lastFall, paused } = number
  if (paused || status === 'banned') return []
  const isFlapping = reason === 'FLAPPING'
  if (!isDown(number) && !isFlapping) return []
  const from = (isFlapping ? lastFall : null) ?? since
  return [
    {
      rule: 'number_down',
      subject: name,
      since: from,
      afterMs: isFlapping ? 0 : LIMITS.numberDownMs,
      servers: [server],
      opens: isInService(number),
      facts: { since: iso(from), status, reason },
    },
  ]
}

export function numberBanned({ name, status, since }: NumberReading): Finding[] {
  if (status !== 'banned') return []
  return [found('number_banned', name, since, { since: iso(since) })]
}

/** It reads connected, and its messages do not arrive. */
export function numberFailing({ name, server, paused, failing }: NumberReading): Finding[] {
  if (failing === null || paused) return []
  const { since, reason } = failing
  return [{ ...found('number_failing', name, since, { since: iso(since), reason }), servers: [server] }]
}

/** A restriction that was inferred. One that an operator stored is no news. */
export function numberRestricted({ name, restricted }: NumberReading): Finding[] {
  if (restricted === null) return []
  const { since, until } = restricted
  return [found('number_restricted', name, since, { since: iso(since), until: iso(until) })]
}

/** Another phone than the registered one is paired, or two numbers are paired with one phone. */
export function wrongPhone(number: NumberReading): Finding[] {
  const { name, status, reason, duplicateOf } = number
  if (reason === 'WRONG_PHONE' || duplicateOf !== null)
    return [found('wrong_phone', name, null, { duplicateOf })]
  // While it is not connected nothing shows which phone is paired.
  return isDown(number)
    ? [{ ...found('wrong_phone', name, null, { duplicateOf, status }), opens: false }]
    : []
}

function found(rule: Finding['rule'], subject: string, since: Date | null, facts: Finding['facts']): Finding {
  return { rule, subject, since, afterMs: 0, servers: [], opens: true, facts }
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
