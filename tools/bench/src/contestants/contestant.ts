import type { ContestantName } from '../goals.ts'
import type { Measured } from '../measured.ts'

/** The duration of the warm-up and of the measured part of a stretch. */
export type Times = { warmUpMs: number; measuredMs: number }

/** A contestant that is ready for a stretch. The arena closes what it holds open. */
export type Contestant = {
  name: ContestantName
  /** How it is driven, for the notes below the table. */
  driven: string
  /** A stretch takes a minute or more, and the figures are steady. */
  once?: boolean
  run(times: Times, signal: AbortSignal): Promise<Measured>
}

/** A contestant that cannot run here, and the reason, as text for the table. */
export type Absent = { name: ContestantName; absent: string }

/** Callers at once, unless a contestant has one alone. */
export const CALLERS = 64
