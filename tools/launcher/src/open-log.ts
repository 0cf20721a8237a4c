import { closeSync, openSync, renameSync, writeSync } from 'node:fs'

/** A log file that keeps itself small. */
export type LogFile = { write(line: string): void; close(): void }

/** At most twice this much is kept: the file and its predecessor. */
const LIMIT_BYTES = 10_000_000

/** Opens `file` for a new start: what was there is kept once, as `file.1`, and so is what goes beyond the limit later. */
export function openLog(file: string, limitBytes = LIMIT_BYTES): LogFile {
  let size = 0
  let handle: number | null = turn(file)
  return {
    write(line) {
      if (handle === null) return
      if (size > limitBytes) {
        closeSync(handle)
        handle = turn(file)
        size = 0
      }
      size += writeSync(handle, `${line}\n`)
    },
    close() {
      if (handle !== null) closeSync(handle)
      handle = null
    },
  }
}

function turn(file: string): number {
  try {
    renameSync(file, `${file}.1`)
  } catch {
    // There was none.
  }
  return openSync(file, 'a', 0o600)
}
