import type { Input } from '../world.ts'

/** The acts of keys. */
export type KeyActs = { quit(): void; up(): void; down(): void; pageUp(): void; pageDown(): void }

const ACTS: Record<string, keyof KeyActs> = {
  q: 'quit',
  Q: 'quit',
  '\u0003': 'quit',
  '\u0004': 'quit',
  k: 'up',
  j: 'down',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001b[5~': 'pageUp',
  '\u001b[6~': 'pageDown',
  ' ': 'pageDown',
}

/** Reads single keys from a terminal until it is closed; Ctrl-C is one of them. Without a terminal it reads nothing. */
export function listenToKeys(input: Input, acts: KeyActs): { close(): void } {
  if (!input.isTTY || !input.setRawMode) return { close: () => {} }
  const read = (chunk: Buffer | string) => {
    // Keys that are typed fast, or repeat, arrive in one chunk.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: arrow keys begin with it
    for (const key of chunk.toString().match(/\u001b[[O][\d;]*[A-Za-z~]|./gsu) ?? []) {
      const act = ACTS[key]
      if (act !== undefined) acts[act]()
    }
  }
  input.setRawMode(true)
  input.on('data', read)
  input.resume()
  return {
    close() {
      input.off('data', read)
      input.setRawMode?.(false)
      input.pause()
    },
  }
}
