import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { stamp } from '../terminal/instant.ts'
import { plain } from '../terminal/text-width.ts'

type Contact = {
  id: string
  preferredInstance: string | null
  aliases: readonly string[]
  lastInbound: { instanceName: string; at: string } | null
  blocked: boolean
}

/** Prints a contact: its number, and below it what else is stored, one line each. */
export function showContact(session: Session, contact: Contact): void {
  if (session.json) {
    session.printJson(contact)
    return
  }
  const { id, preferredInstance, aliases, lastInbound, blocked } = contact
  session.print(
    preferredInstance === null
      ? t`${plain(id)} has no number yet; the next message chooses one.`
      : t`${plain(id)} hears from ${session.paint.bold(plain(preferredInstance))}.`,
  )
  if (blocked) session.print(t`Blocked: it opted out, and no message is sent to it.`)
  if (lastInbound !== null)
    session.print(t`Last wrote to ${plain(lastInbound.instanceName)}, ${stamp(lastInbound.at)}.`)
  if (aliases.length > 0) session.print(t`Other ids: ${aliases.map(plain).join(', ')}`)
}
