import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A secret: its value, whether this start made it, and its file (null: it came from the environment). */
export type Key = { value: string; made: boolean; file: string | null }

/**
 * The key `name`: the environment's if given, else the one in `dataDir/<name>`, else a new one (`<prefix>` and 32 random
 * bytes), stored there with mode 0600.
 */
export function keepKey(dataDir: string, name: string, prefix: string, given: string | undefined): Key {
  if (given) return { value: given, made: false, file: null }
  const file = join(dataDir, name)
  const kept = readKept(file)
  if (kept) return { value: kept, made: false, file }
  const value = prefix + randomBytes(32).toString('base64url')
  writeSecret(file, value)
  return { value, made: true, file }
}

/** Writes one line to a file atomically, readable by the owner only. */
export function writeSecret(file: string, value: string): void {
  const unfinished = `${file}.new`
  writeFileSync(unfinished, `${value}\n`, { mode: 0o600 })
  chmodSync(unfinished, 0o600)
  renameSync(unfinished, file)
}

function readKept(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): it was made by another user. ` +
        'Start as that user, or set ZAPFLEET_DATA_DIR to a folder of your own.',
    )
  }
}
