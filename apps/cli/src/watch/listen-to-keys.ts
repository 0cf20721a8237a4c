import type { Input } from '../world.ts'

/** What keys do. */
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

/** Reads single keys from a terminal until it is closed; elsewhere nothing. Ctrl-C comes as a key meanwhile. */
export function listenToKeys(input: Input, acts: KeyActs): { close(): void } {
  if (!input.isTTY || !input.setRawMode) return { close: () => {} }
  const read = (chunk: Buffer | string) => {
    // Keys that are typed fast, or repeat, come together.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how arrow keys begin
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
