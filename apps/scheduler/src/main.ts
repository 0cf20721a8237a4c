import { runProgram } from '@zapfleet/telemetry'
import { startScheduler } from './start-scheduler.ts'

/** A stop that takes longer ends the process: orchestrators kill it after some 10 s. */
const STOP_WITHIN_MS = 4_500

await runProgram(process, { name: 'scheduler', stopWithinMs: STOP_WITHIN_MS, start: startScheduler })
