import type { Instance } from './router.ts'

/**
 * A number after a change; null: it is gone. `counters` change a number that is known and add none: the sample may have
 * been taken before a deletion that arrived earlier.
 */
export type Change =
  | { kind: 'number'; name: string; instance: Instance | null }
  | { kind: 'counters'; name: string; instance: Instance }

/** A list of numbers, and the changes since it was read. */
export class KnownNumbers {
  #byName: Map<string, Instance>
  /** Whether a name is behind its place in the order. */
  #isUnordered = false

  /** @param list in the order of names, as the API answers it */
  constructor(list: readonly Instance[]) {
    this.#byName = new Map(list.map((one) => [one.name, one]))
  }

  /** The number of this name. */
  get(name: string): Instance | undefined {
    return this.#byName.get(name)
  }

  /** Takes over a change. */
  apply({ kind, name, instance }: Change): void {
    if (instance === null) {
      this.#byName.delete(name)
      return
    }
    const known = this.#byName.get(name)
    if (known === undefined) {
      if (kind === 'counters') return
      this.#isUnordered = true
    }
    // Events do not hold the time of the last check.
    this.#byName.set(name, { ...instance, checkedAt: instance.checkedAt ?? known?.checkedAt ?? null })
  }

  /** All numbers in the order of names; a new array each time. */
  inOrder(): Instance[] {
    const all = [...this.#byName.values()]
    if (!this.#isUnordered) return all
    all.sort((one, other) => (one.name < other.name ? -1 : 1))
    this.#byName = new Map(all.map((one) => [one.name, one]))
    this.#isUnordered = false
    return all
  }
}
