import { useSyncExternalStore } from 'react'

/** Where one is on the page; the address behind its # says it. */
export type Route = { view: 'fleet' | 'ask'; number: string | null }

/** `#/`, `#/ask`, `#/numbers/<name>`. Anything else is the fleet. */
export function readRoute(hash: string): Route {
  if (hash === '#/ask') return { view: 'ask', number: null }
  const [, encoded] = /^#\/numbers\/(.+)$/.exec(hash) ?? []
  return { view: 'fleet', number: encoded === undefined ? null : decode(encoded) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const FLEET_HASH = '#/'
export const ASK_HASH = '#/ask'

/** The address of a number's view. */
export function numberHash(name: string): string {
  return `#/numbers/${encodeURIComponent(name)}`
}

/** Goes there; going back comes back. */
export function go(hash: string): void {
  location.hash = hash
}

/** The present place. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener)
      return () => removeEventListener('hashchange', listener)
    },
    () => location.hash,
  )
  return readRoute(hash)
}
