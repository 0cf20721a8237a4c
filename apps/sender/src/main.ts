import { runProgram } from '@zapfleet/telemetry'
import { startSender } from './start-sender.ts'

/** A send takes 75 s at most. Give the sender this time before it is killed: what it was sending is `unknown` else. */
const STOP_WITHIN_MS = 90_000

await runProgram(process, { name: 'sender', stopWithinMs: STOP_WITHIN_MS, start: startSender })
