import { readPhone } from '@zapfleet/phone'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text-width.ts'

/**
 * Prints a phone number as the API is about to read it, before it is used. Prints nothing with `--json`, where the answer has it,
 * and nothing for what cannot be a phone: the API's refusal says why.
 */
export async function sayPhone(session: Session, text: string | undefined): Promise<void> {
  if (text === undefined || session.json) return
  // A plus has its country code behind it, whatever the default country is.
  const country = text.includes('+') ? 'BR' : await defaultCountry(session)
  const phone = country === null ? null : readPhone(text, country)
  if (phone === null) return
  session.say(phone === text ? t`Phone: ${phone}` : t`Phone: ${phone}, read from "${plain(text)}"`)
}

/** Null where the API is older than this setting, or fails: then the call that follows says so. */
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
