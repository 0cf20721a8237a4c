import { FLEET_ERROR_CODES } from '@zapfleet/core'
import type { Case } from './cases.ts'
import type { WireAnswer } from './wire.ts'

/** A call that takes so long hangs: the longest waits 15 s for a QR code, on an idle machine. */
const BOUND_MS = 300_000

const INSIDE = /node_modules|\.ts:\d+|at Object\.|zf_(admin|bot|viewer)_for-tests/

/** Why an answer breaks a rule, or null: 2xx or a typed refusal, no internal text, in time. */
export function breach({ malformed, request }: Case, answer: WireAnswer): string | null {
  const { status, body, tookMs } = answer
  if (tookMs > BOUND_MS) return `took ${Math.round(tookMs)} ms`
  // Node itself answers 400 without a body where a Host is missing.
  if (malformed && status === 400 && body === '') return null
  if (status === 0) return malformed ? null : 'was not answered'
  if (INSIDE.test(body) && status >= 400) return 'shows something of the inside'
  if (status < 400) return inBatch(body)
  if (status === 503 && isQrLate(request.target, body, answer)) return null
  if (status >= 500) return `answered ${status}`
  if (request.method === 'HEAD') return null
  return isTyped(body) ? null : `answered ${status} without saying why`
}

/**
 * Whether a call was refused, so that no row may have changed. A batch is, when every call of it was. The Portuguese
 * routes answer 409 where a reading of Evolution found the number connected: that reading is stored, as every reading
 * is.
 */
export function isRefusal({ status, body }: WireAnswer): boolean {
  return status >= 400 && !(status === 409 && body.includes('já está conectada'))
}

/** The Portuguese routes answer 503 for a code that is late, as their callers expect. */
function isQrLate(target: string, body: string, { headers }: WireAnswer): boolean {
  return target.startsWith('/admin/instances') && headers.has('retry-after') && 'detail' in object(body)
}

/** Calls of a batch may fail one by one, under 207. */
function inBatch(body: string): string | null {
  const status = /"httpStatus":(5\d\d)/.exec(body)?.[1]
  return status === undefined ? null : `answered ${status} within a batch or a stream`
}

function isTyped(body: string): boolean {
  const value = parsed(body)
  if (Array.isArray(value))
    return value.every((one) => isTypedRefusal(one) || (isObject(one) && 'result' in one))
  return isTypedRefusal(value)
}

function isTypedRefusal(value: unknown): boolean {
  if (!isObject(value)) return false
  if (typeof value.detail === 'string' && value.detail !== '') return true
  if (!isObject(value.error)) return false
  const { error } = value
  const fleet = isObject(error.data) && isObject(error.data.fleet) ? error.data.fleet : error
  return FLEET_ERROR_CODES.some((code) => code === fleet.code) && typeof error.message === 'string'
}

function object(body: string): Record<string, unknown> {
  const value = parsed(body)
  return isObject(value) ? value : {}
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
