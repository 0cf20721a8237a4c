import type { Readable, Writable } from 'node:stream'

/** An output stream; a terminal has a size and emits `resize`. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/** An input stream; a terminal can be read key by key. */
export type Input = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

/** Everything outside the program, passed in by main.ts and by tests. */
export type World = {
  /** The arguments after the program's name. */
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
  /** Aborts at Ctrl-C or a signal; its reason is the exit code. */
  interrupted: AbortSignal
  /** Opens an address in a browser; does nothing without one. */
  openInBrowser: (url: string) => Promise<void>
  /** Milliseconds since the epoch. */
  now: () => number
}
