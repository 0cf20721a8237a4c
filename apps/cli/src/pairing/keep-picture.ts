import { rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Refusal } from '../refusal.ts'
import type { PairingTeller } from './pairing-teller.ts'

/**
 * Tells on, and keeps the present code as a PNG file as well. Whoever scans it is let in, so only its owner may read it, and
 * it goes when the pairing ends.
 *
 * @throws Refusal (usage) when it cannot be written
 */
export function keepPicture(teller: PairingTeller, cwd: string, name: string): PairingTeller {
  const file = resolve(cwd, name)
  return {
    ...teller,
    code(code, expiresAtMs) {
      const picture = /^data:image\/png;base64,(.+)$/.exec(code.base64 ?? '')?.[1]
      if (picture !== undefined) write(file, Buffer.from(picture, 'base64'))
      teller.code(code, expiresAtMs)
    },
    end(how) {
      rmSync(file, { force: true })
      teller.end(how)
    },
  }
}

function write(file: string, picture: Buffer): void {
  try {
    writeFileSync(file, picture, { mode: 0o600 })
  } catch (error) {
    throw new Refusal('usage', `--png: ${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
  }
}
