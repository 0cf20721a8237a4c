import type { Instance, StatusReason } from '@zapfleet/client'

/** The code of the sentence for operators about a number. */
export type AdviceCode =
  | StatusReason
  | 'PAUSED'
  | 'DUPLICATE_PHONE'
  | 'SENDS_REFUSED'
  | 'NO_RECEIPTS'
  | 'RESTRICTED'

/** The code of the sentence that `action` holds; null where there is none, or where a newer API means something else. */
export function adviceCode(instance: Instance): AdviceCode | null {
  const { action, nextStep, status, statusReason, duplicateOf } = instance
  if (action === null) return null
  if (nextStep === 'resume') return 'PAUSED'
  if (status === 'connected' && duplicateOf !== null && statusReason !== 'WRONG_PHONE')
    return 'DUPLICATE_PHONE'
  // An API of an earlier release answers no delivery and no restriction.
  if (status === 'connected' && instance.delivery?.state === 'failing' && statusReason !== 'WRONG_PHONE')
    return instance.delivery.reason === 'NO_RECEIPTS' ? 'NO_RECEIPTS' : 'SENDS_REFUSED'
  if (statusReason !== null) return statusReason
  if (status === 'connected' && instance.restriction) return 'RESTRICTED'
  if (status === 'banned') return 'BANNED'
  if (status === 'disconnected') return 'LOGGED_OUT_BY_PHONE'
  return status === 'connecting' ? 'RECONNECTING' : null
}

/** Whether a number stays out of use until a person acts. A pause is no such case: a person made it. */
export function needsAttention(instance: Instance): boolean {
  const { status, statusReason, nextStep, duplicateOf } = instance
  if (duplicateOf !== null || status === 'banned' || status === 'disconnected') return true
  if (statusReason === 'FLAPPING' || statusReason === 'REPLACED') return true
  // An API of an earlier release answers no nextStep.
  return (nextStep ?? 'resume') !== 'resume'
}
