import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { NO_PROFILES, type Profiles, parseProfiles } from './profiles.ts'

/** The file of the profiles: `zapfleet/profiles.json` in XDG_CONFIG_HOME, else in ~/.config. */
export function profileFile(world: Pick<World, 'env' | 'home'>): string {
  return join(world.env.XDG_CONFIG_HOME || join(world.home, '.config'), 'zapfleet', 'profiles.json')
}

/**
 * The profiles of this user; none when there is no file.
 *
 * @throws Refusal (usage) when other users may read the file, since it holds keys, or when it cannot be read or parsed
 */
export function readProfiles(world: Pick<World, 'env' | 'home'>): Profiles {
  const file = profileFile(world)
  let text: string
  try {
    // Windows has no such modes; there the folder of the user is closed to others.
    const { mode } = statSync(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Refusal('usage', t`${file} holds API keys and others can read it: it is not used.`, [
        t`Close it with: chmod 600 '${file}'. If others had access to this machine, make new keys.`,
      ])
    }
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Refusal) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return NO_PROFILES
    throw new Refusal('usage', t`${file} cannot be read (${code}).`)
  }
  const profiles = parseProfiles(text)
  if (profiles === null)
    throw new Refusal(
      'usage',
      t`${file} has another format than zapfleet login writes. Correct it, or move it away.`,
    )
  return profiles
}

/** Replaces the file in one step; only its owner may read it. @throws Refusal (usage) when it cannot be written */
export function writeProfiles(world: Pick<World, 'env' | 'home'>, profiles: Profiles): void {
  const file = profileFile(world)
  const unfinished = `${file}.${process.pid}.new`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(unfinished, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 })
    chmodSync(unfinished, 0o600)
    renameSync(unfinished, file)
  } catch (error) {
    throw new Refusal('usage', t`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
  }
}
