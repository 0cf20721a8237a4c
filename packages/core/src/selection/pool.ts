import { DEFAULT_SERVER } from '../server/server-names.ts'
import { type Candidate, isAvailable, isCounting } from './candidate.ts'
import { type OrderHeap, orderHeap } from './order-heap.ts'
import { isWaiting, type Recipient, slotMs, takesNewContactRoom } from './recipient.ts'
import { refusalReason } from './refusal.ts'
import type { Strategy } from './strategy.ts'

/** An instance as a claim or a reading found it; the rotation's turn belongs to the pool. `tags` and `server` are null where they were
 * not read. */
export type CandidateReading = Omit<Candidate, 'turn' | 'tags' | 'server'> & {
  tags: readonly string[] | null
  server: string | null
}

/**
 * Instances in memory: all of the fleet, or those with one tag. For each order in use it has the available ones, best first. It may be
 * outdated, since other processes claim too; the claim's result corrects it.
 */
export type Pool = {
  get(name: string): Candidate | undefined
  all(): Iterable<Candidate>
  size(): number
  /** Stores what a claim or a reading found of some instances. */
  update(seen: Iterable<CandidateReading>): void
  /** Stores the whole fleet; an instance that is not in it is removed. `except`: these names stay as they are. */
  updateAll(seen: readonly CandidateReading[], except?: ReadonlySet<string>): void
  forget(name: string): void
  /** The names of the instances whose answer depends on their conversation with the contact. */
  selective(): ReadonlySet<string>
  /** The next instance by a strategy that serves this recipient, or undefined when none does. Nothing is counted yet. */
  next(strategy: Strategy, exclude?: ReadonlySet<string>, recipient?: Recipient): Candidate | undefined
  /** Counts one send in memory, so that the next choice includes it, and moves the rotation on. */
  take(candidate: Candidate, strategy: Strategy, send: Send): void
  /** Counts a send that another pool chose. */
  count(candidate: Candidate, send: Send): void
  /** Moves a rotation on without counting a send. */
  turn(candidate: Candidate, strategy: Strategy): void
  /** Every available instance that serves this recipient, in a strategy's order. */
  ranking(strategy: Strategy, exclude?: ReadonlySet<string>, recipient?: Recipient): Candidate[]
}

/** One send. `isProbe`: it is the probe of a restricted number; `isNew`: it takes room for new contacts. */
export type Send = { atMs: number; isProbe?: boolean; isNew?: boolean }

/** An empty pool. */
export function createPool(): Pool {
  const fleet = new Map<string, Candidate>()
  const selective = new Set<string>()
  const heaps = new Map<Strategy['order'], OrderHeap<Candidate>>()
  /** The position of the rotation: the turn of the instance that served last. */
  let rotation = 0

  const heapOf = (strategy: Strategy): OrderHeap<Candidate> => {
    let heap = heaps.get(strategy.order)
    if (!heap) {
      heap = orderHeap(strategy.order)
      for (const candidate of fleet.values()) if (isAvailable(candidate)) heap.add(candidate)
      heaps.set(strategy.order, heap)
    }
    return heap
  }
  const changed = (candidate: Candidate): void => {
    const available = isAvailable(candidate)
    for (const heap of heaps.values()) {
      if (!available) heap.remove(candidate)
      else if (heap.has(candidate)) heap.moved(candidate)
      else heap.add(candidate)
    }
  }
  const forget = (name: string): void => {
    const candidate = fleet.get(name)
    if (!candidate) return
    fleet.delete(name)
    selective.delete(name)
    for (const heap of heaps.values()) heap.remove(candidate)
  }
  const see = (seen: Iterable<CandidateReading>): void => {
    const arriving: Candidate[] = []
    for (const one of seen) {
      const known = fleet.get(one.name)
      one.tags = tagsOf(one, known)
      one.server ??= known?.server ?? DEFAULT_SERVER
      // So is most of a reading of the fleet: what claims of this process changed is stored already.
      if (known !== undefined && isSame(known, one)) continue
      const candidate = known ?? { ...one, tags: one.tags, server: one.server, turn: 0 }
      const was = known !== undefined && isAvailable(known)
      if (known) Object.assign(known, one)
      else fleet.set(one.name, candidate)
      if (isSelective(one)) selective.add(one.name)
      else selective.delete(one.name)
      if (!was && isAvailable(candidate)) arriving.push(candidate)
      else changed(candidate)
    }
    enter(arriving)
  }
  /**
   * New instances join the rotation at its position, so a number that was away gets no burst; together, the longest idle
   * first.
   */
  const enter = (arriving: Candidate[]): void => {
    arriving.sort((a, b) => a.lastSentAtMs - b.lastSentAtMs || (a.name < b.name ? -1 : 1))
    arriving.forEach((candidate, place) => {
      const phase = (place + 0.5) / arriving.length / candidate.priority
      candidate.turn = Math.max(candidate.turn, rotation + phase)
      changed(candidate)
    })
  }

  const hasClosed = (repliesTo: Recipient['repliesTo']): boolean => {
    for (const name of repliesTo.keys()) if (fleet.get(name)?.isOutsideHours) return true
    return false
  }

  /** The orders follow with the next `changed`. */
  const rotate = (candidate: Candidate, strategy: Strategy): void => {
    if (!strategy.nextTurn) return
    rotation = Math.max(rotation, candidate.turn)
    // An instance that callers excluded is behind the rotation, and does not catch up in a row.
    candidate.turn = strategy.nextTurn(rotation, candidate.priority)
  }
  const count = (candidate: Candidate, { atMs, isProbe = false, isNew = false }: Send): void => {
    candidate.sentThisHour++
    candidate.sentToday++
    if (isNew) {
      candidate.newContactsThisHour++
      candidate.newContactsToday++
    }
    candidate.lastSentAtMs = Math.max(candidate.lastSentAtMs, slotMs(candidate, atMs))
    if (candidate.isFailing || isProbe) candidate.probedAtMs = atMs
    changed(candidate)
  }

  return {
    turn(candidate, strategy) {
      rotate(candidate, strategy)
      changed(candidate)
    },
    count,
    take(candidate, strategy, send) {
      rotate(candidate, strategy)
      count(candidate, send)
    },
    get: (name) => fleet.get(name),
    all: () => fleet.values(),
    size: () => fleet.size,
    update: see,
    updateAll(seen, except) {
      const names = new Set(seen.map((one) => one.name))
      for (const name of fleet.keys()) if (!names.has(name) && !except?.has(name)) forget(name)
      see(except?.size ? seen.filter((one) => !except.has(one.name)) : seen)
    },
    forget,
    selective: () => selective,
    next(strategy, exclude, recipient) {
      const first = heapOf(strategy).first()
      // A number outside its hours is in no order, and serves its replies.
      const replies = recipient !== undefined && hasClosed(recipient.repliesTo)
      if (first === undefined && !replies) return undefined
      const isFirst =
        first !== undefined &&
        !replies &&
        (recipient === undefined ||
          (!isWaiting(first, recipient.atMs) &&
            !(isAcquainted(recipient) && takesNewContactRoom(first, recipient))))
      if (isFirst && isAbleToServe(first, exclude, recipient)) return first
      let best: Candidate | undefined
      for (const candidate of fleet.values()) {
        if (!isAbleToServe(candidate, exclude, recipient)) continue
        if (best === undefined || compare(candidate, best, strategy, recipient) < 0) best = candidate
      }
      return best
    },
    ranking(strategy, exclude, recipient) {
      const serving = [...fleet.values()].filter((one) => isAbleToServe(one, exclude, recipient))
      return serving.sort((a, b) => compare(a, b, strategy, recipient))
    },
  }
}

/**
 * Restricted and draining numbers serve only contacts who know them; others have a limit for new contacts, or hours, outside
 * of which they reply: when a refusal ends may depend on that. */
const isSelective = (one: CandidateReading): boolean =>
  one.isRestricted || one.isDraining || one.open !== null || isCounting(one)

/** Whether it can serve this recipient without being the contact's own number: a failing number serves its own contacts alone. */
const isAbleToServe = (
  candidate: Candidate,
  exclude: ReadonlySet<string> | undefined,
  recipient: Recipient | undefined,
): boolean => !candidate.isFailing && refusalReason(candidate, exclude, recipient) === null

/** Another number may need no room for this contact. */
const isAcquainted = ({ knownBy, countedBy }: Recipient): boolean => knownBy.size > 0 || countedBy.size > 0

/** Numbers that need no room for a new contact first, then the shortest wait, then the strategy's order. */
function compare(a: Candidate, b: Candidate, strategy: Strategy, recipient: Recipient | undefined): number {
  const takesMore = strategy.followsPreference
    ? Number(takesNewContactRoom(a, recipient)) - Number(takesNewContactRoom(b, recipient))
    : 0
  const waitsLonger = recipient ? slotMs(a, recipient.atMs) - slotMs(b, recipient.atMs) : 0
  return takesMore || waitsLonger || strategy.order(a, b)
}

const NO_TAGS: readonly string[] = []

/** The tags of a reading: those that are known, also where it has the same ones. */
function tagsOf({ tags }: CandidateReading, known: Candidate | undefined): readonly string[] {
  if (known === undefined) return tags ?? NO_TAGS
  return tags === null || isSameList(tags, known.tags) ? known.tags : tags
}

/** Whether two lists have the same items in the same order. */
export const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at])

/** Whether the pool has all values of this reading. */
function isSame(candidate: Candidate, reading: CandidateReading): boolean {
  let field: keyof CandidateReading
  for (field in reading) if (candidate[field] !== reading[field]) return false
  return true
}
