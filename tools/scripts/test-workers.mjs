// How many test files run at once.
import { cpus } from 'node:os'
import { setTimeout as rest } from 'node:timers/promises'

const SAMPLE_MS = 500
/** On an idle machine many files wait at any time; on a busy one, more files at once only delay each other. */
const FILES_PER_IDLE_CORE = 4
const FILES_PER_BUSY_CORE = 2
const MOST = 16
/** Below this share of idle time another program uses a core. */
const IDLE_FROM = 0.6

/** The number of test files at once on a machine with `cores`, of whose time `idleShare` (0 to 1) is idle. */
export function testWorkers(cores, idleShare) {
  const perCore = idleShare >= IDLE_FROM ? FILES_PER_IDLE_CORE : FILES_PER_BUSY_CORE
  return Math.min(MOST, Math.max(1, cores) * perCore)
}

/** Measures for half a second which share of the time of all cores is idle, 0 to 1. */
export async function readIdleShare() {
  const before = readTimes()
  await rest(SAMPLE_MS)
  const after = readTimes()
  const all = after.all - before.all
  return all === 0 ? 1 : (after.idle - before.idle) / all
}

function readTimes() {
  const times = cpus().map((cpu) => cpu.times)
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0)
  return {
    idle: sum(times.map(({ idle }) => idle)),
    all: sum(times.flatMap((one) => Object.values(one))),
  }
}
