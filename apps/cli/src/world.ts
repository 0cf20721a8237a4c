import type { Readable, Writable } from 'node:stream'

/** A stream that is written to; on a terminal it knows its size and tells when that changes (`resize`). */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/** A stream that is read; on a terminal its keys can be read one by one. */
export type Input = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

/** All that the program knows of its surroundings: handed in by main.ts, and by tests. */
export type World = {
  /** What stands after the program's name. */
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** The working directory, the user's home, and the folder of the clone that the program is part of. */
  cwd: string
  home: string
  clone: string
  version: string
  stdin: Input
  stdout: Output
  stderr: Output
  /** Aborts when the person or the system wants the program to end; its reason is the exit code. */
  interrupted: AbortSignal
  /** Opens an address in the person's browser; does nothing where there is none. */
  openInBrowser: (url: string) => Promise<void>
  /** Milliseconds since the epoch. */
  now: () => number
}
