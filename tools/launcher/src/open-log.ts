import { closeSync, openSync, renameSync, writeSync } from 'node:fs'

/** A log file with a size limit. */
export type LogFile = { write(line: string): void; close(): void }

/** The size limit of the file and, again, of its predecessor. */
const LIMIT_BYTES = 10_000_000

/** Opens `file` for a new start. The previous content is kept once, as `file.1`; so is later output beyond the limit. */
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
    // There was no file.
  }
  return openSync(file, 'a', 0o600)
}
