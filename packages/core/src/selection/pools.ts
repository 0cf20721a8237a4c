import { DEFAULT_SERVER } from '../server/server-names.ts'
import { type CandidateReading, createPool, isSameList, type Pool, type Send } from './pool.ts'
import type { Strategy } from './strategy.ts'

/**
 * The fleet in memory, and the pools of it that messages name. A pool has an order and a rotation of its own, so that the next number of a
 * pool is found in the time that its size takes, and a rotation of one pool is no burst in another.
 */
export type Pools = {
  /** Every instance. */
  readonly all: Pool
  /** The instances with this tag; null: all of them. Empty for a tag that none has. */
  of(tag: string | null): Pool
  /** Stores what a claim or a reading found of some instances. */
  update(seen: readonly CandidateReading[]): void
  /** Stores the whole fleet; an instance that is not in it is removed. `except`: these names stay as they are, but for their tags and server. */
  updateAll(seen: readonly CandidateReading[], except?: ReadonlySet<string>): void
  forget(name: string): void
  /** Counts one send by an instance of the pool in memory, and moves the rotation of that pool on. */
  take(tag: string | null, name: string, strategy: Strategy, send: Send): void
}

/** The server of an instance, as it is in memory. @param unknown that of an instance that is not there */
export function serverIn(
  { all }: Pick<Pools, 'all'>,
  name: string,
  unknown: string = DEFAULT_SERVER,
): string {
  return all.get(name)?.server ?? unknown
}

const EMPTY = createPool()

/** A fleet without instances. */
export function createPools(): Pools {
  const all = createPool()
  /** The pools that messages named, by their tags. */
  const named = new Map<string, Pool>()

  const holding = (name: string): Pool[] => (all.get(name)?.tags ?? []).flatMap((tag) => named.get(tag) ?? [])

  /** The instances of each named pool among these. */
  const byTag = (seen: Iterable<CandidateReading>): Map<string, CandidateReading[]> => {
    const found = new Map<string, CandidateReading[]>()
    for (const one of seen)
      for (const tag of one.tags ?? []) {
        if (!named.has(tag)) continue
        const members = found.get(tag)
        if (members) members.push(one)
        else found.set(tag, [one])
      }
    return found
  }

  const update = (seen: readonly CandidateReading[]): void => {
    if (named.size === 0) {
      all.update(seen)
      return
    }
    const before = seen.map(({ name }) => all.get(name)?.tags)
    all.update(seen)
    for (const [tag, members] of byTag(seen)) named.get(tag)?.update(members)
    for (const [at, { name }] of seen.entries()) {
      const present = all.get(name)?.tags
      // The fleet keeps the list of an instance whose tags did not change.
      if (before[at] === present) continue
      for (const tag of before[at] ?? []) if (!present?.includes(tag)) named.get(tag)?.forget(name)
    }
  }

  return {
    all,
    of(tag) {
      if (tag === null) return all
      const known = named.get(tag)
      if (known) return known
      const members = [...all.all()].filter(({ tags }) => tags.includes(tag))
      if (members.length === 0) return EMPTY
      const pool = createPool()
      pool.update(members.map((one) => ({ ...one })))
      named.set(tag, pool)
      return pool
    },
    update,
    updateAll(seen, except) {
      all.updateAll(seen, except)
      // A claim in flight changes neither tags nor the server.
      const kept = seen.flatMap(({ name, tags, server }) => {
        const known = except?.has(name) ? all.get(name) : undefined
        if (!known || !tags || (server === known.server && isSameList(tags, known.tags))) return []
        return [{ ...known, tags, server }]
      })
      update(kept)
      const members = byTag(seen)
      for (const [tag, pool] of named) {
        pool.updateAll(members.get(tag) ?? [], except)
        if (pool.size() === 0) named.delete(tag)
      }
    },
    forget(name) {
      for (const pool of holding(name)) pool.forget(name)
      all.forget(name)
    },
    take(tag, name, strategy, send) {
      const chosen = tag === null ? all : named.get(tag)
      const takeOf = (pool: Pool): void => {
        const candidate = pool.get(name)
        if (!candidate) return
        if (pool === chosen) pool.take(candidate, strategy, send)
        else pool.count(candidate, send)
      }
      takeOf(all)
      if (named.size > 0) holding(name).forEach(takeOf)
    },
  }
}
