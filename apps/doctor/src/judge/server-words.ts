import { DEFAULT_SERVER } from '@zapfleet/core'

/** How findings name one Evolution server and its settings. */
export type ServerWords = {
  /** The name of a check about it. */
  check(name: string): string
  /** Where its address is set. */
  url: string
  /** Where its key is set. */
  key: string
  /** A sentence after a space on what to do when it is gone for good; empty for the default one, whose address is a setting. */
  ifLost: string
}

/** The words for a server. Those for the default one are as for a fleet that has no other. */
export function wordsFor(server: string): ServerWords {
  if (server === DEFAULT_SERVER)
    return { check: (name) => name, url: 'EVOLUTION_API_URL', key: 'EVOLUTION_API_KEY', ifLost: '' }
  return {
    check: (name) => `${name} ${server}`,
    url: `the address of the server "${server}" (server.update)`,
    key: `the key of the server "${server}" (server.update)`,
    ifLost:
      ' Their contacts move to other numbers. If the server is gone for good, move its numbers to another one (instance.move), or delete them: a delete no longer waits for the server after 15 minutes without an answer. See docs/en/operating.md.',
  }
}

/** With a capital letter, for the begin of a sentence. */
export const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`
