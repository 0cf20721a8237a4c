import { readPhone } from '@zapfleet/phone'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text-width.ts'

/**
 * Prints a phone number as the API will read it, before it is used. Prints nothing with `--json`, where the answer holds it, and
 * nothing for a text that is no phone: the API refuses it with the reason.
 */
export async function printPhone(session: Session, text: string | undefined): Promise<void> {
  if (text === undefined || session.json) return
  // A plus precedes the country code, so the default country does not matter.
  const country = text.includes('+') ? 'BR' : await defaultCountry(session)
  const phone = country === null ? null : readPhone(text, country)
  if (phone === null) return
  session.say(phone === text ? t`Phone: ${phone}` : t`Phone: ${phone}, read from "${plain(text)}"`)
}

/** Null where the API is older than this setting or fails; the call that follows reports the failure. */
async function defaultCountry(session: Session): Promise<string | null> {
  try {
    const conditions: { defaultCountry?: string } = await session
      .client()
      .fleet.conditions.query({}, session.call)
    return conditions.defaultCountry ?? null
  } catch {
    return null
  }
}
