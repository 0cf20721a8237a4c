import { readSecretFile } from './connection/find-fleet.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import { askSecret, canAsk } from './terminal/ask.ts'
import type { World } from './world.ts'

/** Where a secret is read: a file that an option names, a variable, or the person; `missing` is the sentence for none of them. */
export type SecretSource = { option: string; variable: string; question: string; missing: string }

/**
 * A secret that the command needs. It is no argument, because arguments stay in the history of the shell and are shown in lists
 * of processes.
 *
 * @throws Refusal (usage) when there is no file, no variable and no terminal
 */
export async function readSecret(
  world: World,
  { option, variable, question, missing }: SecretSource,
  file: string | undefined,
): Promise<string> {
  if (file !== undefined) return readSecretFile(world, file, option)
  const fromVariable = world.env[variable]
  if (fromVariable) return fromVariable
  if (canAsk(world)) return askSecret(world, question)
  throw new Refusal('usage', missing, [
    t`Give it in a file with ${option}, in the variable ${variable}, or type it on a terminal.`,
  ])
}
