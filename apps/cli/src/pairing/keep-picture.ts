import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import type { PairingReporter } from './report-pairing.ts'

/** Refuses the name of a file that exists. @throws Refusal (usage) */
export function checkPictureFile(cwd: string, name: string | undefined): void {
  if (name === undefined) return
  const file = resolve(cwd, name)
  if (readPicture(file) !== null) throw exists(file)
}

/**
 * A reporter that also keeps the present code as a new PNG file, until the pairing ends. Only the owner may read it (mode 0600),
 * because a person who scans the code controls the number. A file of another program is never replaced or removed.
 *
 * @throws Refusal (usage) when the file exists or cannot be written
 */
export function keepPicture(reporter: PairingReporter, cwd: string, name: string): PairingReporter {
  const file = resolve(cwd, name)
  /** The picture that this process wrote last; null: none yet. */
  let own: Buffer | null = null
  const isOwn = () => own !== null && readPicture(file)?.equals(own) === true
  return {
    ...reporter,
    code(code, expiresAtMs) {
      const base64 = /^data:image\/png;base64,(.+)$/.exec(code.base64 ?? '')?.[1]
      if (base64 !== undefined) {
        const picture = Buffer.from(base64, 'base64')
        write(file, picture, isOwn())
        own = picture
      }
      reporter.code(code, expiresAtMs)
    },
    end(how) {
      if (isOwn()) rmSync(file, { force: true })
      reporter.end(how)
    },
  }
}

/** Writes the picture as a new file or, with `replace`, in one step in the place of the present one. */
function write(file: string, picture: Buffer, replace: boolean): void {
  const written = replace ? `${file}.${randomBytes(4).toString('hex')}` : file
  try {
    writeFileSync(written, picture, { mode: 0o600, flag: 'wx' })
    if (replace) renameSync(written, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw exists(file)
    throw new Refusal('usage', t`--png: ${file} cannot be written (${code}).`)
  }
}

/** The contents of the file; null when there is none. A file that cannot be read counts as one with other contents. */
function readPicture(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : Buffer.alloc(0)
  }
}

function exists(file: string): Refusal {
  return new Refusal(
    'usage',
    t`--png: ${file} exists already. Name a new file: it is removed when the pairing ends.`,
  )
}
