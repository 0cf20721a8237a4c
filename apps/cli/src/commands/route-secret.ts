import { readSecretFile } from '../connection/find-fleet.ts'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import { askSecret, canAsk } from '../terminal/ask.ts'
import type { World } from '../world.ts'

/** Where the secret part of an alert route's address is read: an option that names a file, a variable, or the person. */
const SOURCES = {
  address: { option: '--address-file', variable: 'ZAPFLEET_ROUTE_ADDRESS' },
  token: { option: '--token-file', variable: 'ZAPFLEET_ROUTE_TOKEN' },
} as const

/**
 * The secret part of the address of a new route. It is no argument, because arguments stay in the history of the shell and are shown in lists
 * of processes.
 *
 * @throws Refusal (usage) when there is no file, no variable and no terminal
 */
export async function readRouteSecret(
  world: World,
  what: keyof typeof SOURCES,
  file: string | undefined,
): Promise<string> {
  const { option, variable } = SOURCES[what]
  if (file !== undefined) return readSecretFile(world, file, option)
  const fromVariable = world.env[variable]
  if (fromVariable) return fromVariable
  if (!canAsk(world))
    throw new Refusal('usage', t`Expected the secret address of the route, which is no argument.`, [
      t`Give it in a file with ${option}, in the variable ${variable}, or type it on a terminal.`,
    ])
  return askSecret(world, what === 'token' ? t`Token of the bot (not shown): ` : t`URL (not shown): `)
}

/** The secret in the file of an option; undefined where the option is absent. */
export function readSecretOption(world: World, option: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readSecretFile(world, file, option)
}
