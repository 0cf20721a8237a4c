import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { canAsk, confirms } from './terminal/ask.ts'

/**
 * Goes on only when a person says yes; the fleet that is meant stands beside the question.
 *
 * @param command the command line that needs no question
 * @throws Refusal (interrupted) when they say no; (usage) where nobody can be asked
 */
export async function confirmed(session: Session, question: string, command: string): Promise<void> {
  const { world, paintTalk } = session
  if (session.json || !canAsk(world))
    throw new Refusal('usage', 'This needs a yes, and there is no terminal to ask at.', [
      `Say it beforehand: ${command}`,
    ])
  session.say(paintTalk.dim(`At ${session.found().url}:`))
  if (await confirms(world, question)) return
  throw new Refusal('interrupted', 'Nothing was done.')
}
