import { isUtf8 } from 'node:buffer'
import { FleetError } from '@zapfleet/core'

/**
 * The text of a body. Another encoding is refused: its letters would all become the same replacement character, and two contacts one.
 *
 * @throws FleetError INVALID_INPUT
 */
export function bodyText(body: Buffer): string {
  if (isUtf8(body)) return body.toString('utf8')
  throw new FleetError('INVALID_INPUT', 'Invalid input: the body is not valid UTF-8. Encode it as UTF-8.')
}

/** @throws FleetError INVALID_INPUT for a query whose bytes are not UTF-8, see `bodyText` */
export function assertDecodableQuery(target = ''): void {
  const at = target.indexOf('?')
  if (at === -1) return
  try {
    decodeURIComponent(target.slice(at + 1))
  } catch {
    throw new FleetError(
      'INVALID_INPUT',
      'Invalid input: the query is not percent-encoded UTF-8. Encode each value, for example by encodeURIComponent.',
    )
  }
}
