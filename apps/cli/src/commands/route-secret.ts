import { readSecretFile } from '../connection/find-fleet.ts'
import { t } from '../language.ts'
import { readSecret, type SecretSource } from '../read-secret.ts'
import type { World } from '../world.ts'

const sources = (): Record<'address' | 'token', SecretSource> => {
  const missing = t`Expected the secret address of the route, which is no argument.`
  return {
    address: {
      option: '--address-file',
      variable: 'ZAPFLEET_ROUTE_ADDRESS',
      question: t`URL (not shown): `,
      missing,
    },
    token: {
      option: '--token-file',
      variable: 'ZAPFLEET_ROUTE_TOKEN',
      question: t`Token of the bot (not shown): `,
      missing,
    },
  }
}

/** The secret part of the address of a new route. @throws Refusal (usage) as `readSecret` */
export function readRouteSecret(
  world: World,
  what: 'address' | 'token',
  file: string | undefined,
): Promise<string> {
  return readSecret(world, sources()[what], file)
}

/** The secret in the file of an option; undefined where the option is absent. */
export function readSecretOption(world: World, option: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readSecretFile(world, file, option)
}
