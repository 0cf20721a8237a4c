import { type Candidate, isAvailable } from './candidate.ts'
import { type OrderHeap, orderHeap } from './order-heap.ts'
import { isServed, type Recipient } from './recipient.ts'
import type { Strategy } from './strategy.ts'

/** An instance as a claim or a reading found it; the rotation's turn belongs to the pool. */
export type CandidateReading = Omit<Candidate, 'turn'>

/**
 * The fleet in memory: every instance, and for each order in use the available ones, best first. It may be outdated, since
 * other processes claim too; the claim's result corrects it.
 */
export type Pool = {
  get(name: string): Candidate | undefined
  all(): Iterable<Candidate>
  isEmpty(): boolean
  /** Stores what a claim or a reading found of some instances. */
  update(seen: Iterable<CandidateReading>): void
  /** Stores the whole fleet; an instance that is not in it is removed. `except`: these names stay as they are. */
  updateAll(seen: CandidateReading[], except?: ReadonlySet<string>): void
  forget(name: string): void
  /** The names of the instances that serve only contacts who know them: restricted and draining ones. */
  selective(): ReadonlySet<string>
  /** The next instance by a strategy that serves this recipient, or undefined when none does. Nothing is counted yet. */
  next(strategy: Strategy, exclude?: ReadonlySet<string>, recipient?: Recipient): Candidate | undefined
  /** Counts one send in memory, so that the next choice includes it. `isProbe`: it is the probe of a restricted number. */
  take(candidate: Candidate, strategy: Strategy, atMs: number, isProbe?: boolean): void
  /** Moves a rotation on without counting a send. */
  turn(candidate: Candidate, strategy: Strategy): void
  /** Every available instance that serves this recipient, in a strategy's order. */
  ranking(strategy: Strategy, exclude?: ReadonlySet<string>, recipient?: Recipient): Candidate[]
}

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
      const candidate = known ?? { ...one, turn: 0 }
      const was = known !== undefined && isAvailable(known)
      if (known) Object.assign(known, one)
      else fleet.set(one.name, candidate)
      if (one.isRestricted || one.isDraining) selective.add(one.name)
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

  const turn = (candidate: Candidate, strategy: Strategy): void => {
    if (!strategy.nextTurn) return
    rotation = Math.max(rotation, candidate.turn)
    // An instance that callers excluded is behind the rotation, and does not catch up in a row.
    candidate.turn = strategy.nextTurn({ ...candidate, turn: rotation })
    changed(candidate)
  }

  return {
    turn,
    get: (name) => fleet.get(name),
    all: () => fleet.values(),
    isEmpty: () => fleet.size === 0,
    update: see,
    updateAll(seen, except) {
      const names = new Set(seen.map((one) => one.name))
      for (const name of fleet.keys()) if (!names.has(name) && !except?.has(name)) forget(name)
      see(except?.size ? seen.filter((one) => !except.has(one.name)) : seen)
    },
    forget,
    selective: () => selective,
    next(strategy, exclude, recipient) {
      const serves = (candidate: Candidate): boolean =>
        !exclude?.has(candidate.name) && isServed(candidate, recipient)
      const first = heapOf(strategy).first()
      if (first === undefined || serves(first)) return first
      let best: Candidate | undefined
      for (const candidate of fleet.values()) {
        if (!serves(candidate) || !isAvailable(candidate)) continue
        if (best === undefined || strategy.order(candidate, best) < 0) best = candidate
      }
      return best
    },
    take(candidate, strategy, atMs, isProbe = false) {
      turn(candidate, strategy)
      candidate.sentThisHour++
      candidate.sentToday++
      candidate.lastSentAtMs = Math.max(candidate.lastSentAtMs, atMs)
      if (candidate.isFailing || isProbe) candidate.probedAtMs = atMs
      changed(candidate)
    },
    ranking(strategy, exclude, recipient) {
      const serving = [...fleet.values()].filter(
        (one) => isAvailable(one) && !exclude?.has(one.name) && isServed(one, recipient),
      )
      return serving.sort(strategy.order)
    },
  }
}
