import type { ContestantName } from '../goals.ts'
import type { Measured } from '../measured.ts'

/** How long the unmeasured and the measured part of a stretch last. */
export type Times = { warmUpMs: number; measuredMs: number }

/** Someone who is ready to run a stretch. What it holds open is closed by the arena. */
export type Contestant = {
  name: ContestantName
  /** How it is driven, for the notes under the table. */
  driven: string
  run(times: Times, signal: AbortSignal): Promise<Measured>
}

/** Someone who cannot run here, and why, in words for the table. */
export type Absent = { name: ContestantName; absent: string }

/** Callers at once, wherever it is not one alone. */
export const CALLERS = 64
