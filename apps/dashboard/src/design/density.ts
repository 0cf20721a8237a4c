import { useSyncExternalStore } from 'react'

const STORED = 'zapfleet.dense'
const listeners = new Set<() => void>()

function follow(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}

/** Whether the list shows one short line per number, and the function that sets it. Kept in this browser. */
export function useIsDense(): [boolean, (dense: boolean) => void] {
  const isDense = useSyncExternalStore(follow, () => localStorage.getItem(STORED) !== null)
  return [
    isDense,
    (dense) => {
      if (dense) localStorage.setItem(STORED, '1')
      else localStorage.removeItem(STORED)
      for (const listener of listeners) listener()
    },
  ]
}
