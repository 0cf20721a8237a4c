import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { canAsk, confirms } from './terminal/ask.ts'

/**
 * Returns only after a person confirms; the address of the fleet is printed beside the question.
 *
 * @param command the command line that needs no confirmation
 * @throws Refusal (interrupted) without a yes; (usage) without a terminal
 */
export async function confirmed(session: Session, question: string, command: string): Promise<void> {
  const { world, paintTalk } = session
  if (session.json || !canAsk(world))
    throw new Refusal('usage', t`This needs a confirmation, and there is no terminal to type it in.`, [
      t`Confirm it on the command line: ${command}`,
    ])
  session.say(paintTalk.dim(t`At ${session.found().url}:`))
  if (await confirms(world, question)) return
  throw new Refusal('interrupted', t`Nothing was done.`)
}
