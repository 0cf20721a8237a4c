import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { DEFAULT_URL, readAddress } from './address.ts'
import { readProfiles } from './keep-profiles.ts'
import { nearest } from './nearest.ts'
import type { Profile, Profiles } from './profiles.ts'
import { readClone } from './read-clone.ts'

/** The flags that name a fleet: `--url`, `--key-file`, `--profile`. */
export type FleetFlags = { url?: string; keyFile?: string; profile?: string }

/** The fleet to call: its address, its key (null: none was found), and the source of each, for people. */
export type FoundFleet = { url: string; urlFrom: string; key: string | null; keyFrom: string | null }

/** Source of an address that was not named anywhere. */
export const DEFAULT_FROM = 'the default'

type Named = Profile & { name: string }

/**
 * Finds the fleet. The address and the key are each taken from the first of: the flags, a profile named by `--profile`,
 * the environment (ZAPFLEET_URL, ZAPFLEET_API_KEY), the profile of ZAPFLEET_PROFILE or else the default one, the running
 * fleet of `npm start`. A stored key is sent only to its own address: a profile's key to the profile's, the key of
 * `npm start` to the API that it runs.
 *
 * @throws Refusal (usage) when a file, a profile or an address is missing or invalid
 */
export function findFleet(world: World, flags: FleetFlags): FoundFleet {
  const { env } = world
  const named = flags.profile === undefined ? null : pick(readProfiles(world), flags.profile, '--profile')
  const byDefault = named ?? defaultProfile(world)
  const clone = readClone(world)

  const [url, urlFrom] =
    first<string>(
      [flags.url, '--url'],
      [named?.url, profileWords(named)],
      [env.ZAPFLEET_URL, 'ZAPFLEET_URL'],
      [byDefault?.url, profileWords(byDefault)],
      [clone?.url, t`npm start beside it`],
    ) ?? ([DEFAULT_URL, DEFAULT_FROM] as const)
  const address = readAddress(url, urlFrom)

  const ofProfile = (profile: Named | null) =>
    profile !== null && readAddress(profile.url, profileWords(profile)) === address ? profile.apiKey : null
  const cloneKey = clone !== null && readAddress(clone.url, 'api-url') === address ? clone : null
  const found = first<string>(
    [
      flags.keyFile === undefined ? undefined : readSecretFile(world, flags.keyFile, '--key-file'),
      '--key-file',
    ],
    [ofProfile(named), profileWords(named)],
    [env.ZAPFLEET_API_KEY, 'ZAPFLEET_API_KEY'],
    [ofProfile(byDefault), profileWords(byDefault)],
    [cloneKey?.key, cloneKey?.keyFrom ?? ''],
  )
  return { url: address, urlFrom, key: checkKey(found), keyFrom: found?.[1] ?? null }
}

/** A profile by its name. @throws Refusal (usage) that names the nearest one */
export function pick(all: Profiles, name: string, from: string): Named {
  const profile = Object.hasOwn(all.profiles, name) ? all.profiles[name] : undefined
  if (profile) return { ...profile, name }
  const names = Object.keys(all.profiles)
  const guess = nearest(name, names)
  throw new Refusal('usage', t`${from}: there is no profile "${name}".`, [
    guess ? t`Did you mean ${guess}?` : t`Make it with: zapfleet login --profile ${name}`,
  ])
}

function defaultProfile(world: World): Named | null {
  const wanted = world.env.ZAPFLEET_PROFILE
  // With address and key in the environment the file is not read, so a broken one does not matter.
  if (!wanted && world.env.ZAPFLEET_URL && world.env.ZAPFLEET_API_KEY) return null
  const all = readProfiles(world)
  if (wanted) return pick(all, wanted, 'ZAPFLEET_PROFILE')
  return all.default === null ? null : pick(all, all.default, 'profiles.json')
}

function profileWords(profile: Named | null): string {
  return profile === null ? '' : t`profile ${profile.name}`
}

function first<T>(...choices: [T | null | undefined | '', string][]): readonly [T, string] | null {
  for (const [value, from] of choices)
    if (value !== undefined && value !== null && value !== '') return [value, from]
  return null
}

/** The secret in a file (`-`: on standard input) that an option names. @throws Refusal (usage) when there is none */
export function readSecretFile(world: World, file: string, option: string): string {
  try {
    // 0: standard input, as in: pass show zapfleet | zapfleet --key-file - health
    const key = readFileSync(file === '-' ? 0 : resolve(world.cwd, file), 'utf8').trim()
    if (key !== '') return key
  } catch (error) {
    throw new Refusal(
      'usage',
      t`${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
  throw new Refusal('usage', t`${option}: ${file} is empty.`)
}

/** A key must fit into a header. Its text is never shown. */
function checkKey(found: readonly [string, string] | null): string | null {
  if (found === null) return null
  const [key, from] = found
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key
  throw new Refusal(
    'usage',
    t`The key from ${from} is no key: it must be one word of visible ASCII characters.`,
  )
}
