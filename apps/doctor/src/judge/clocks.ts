import { type Finding, fail, lasting, ok, warn } from '../finding.ts'

/** How far a clock is ahead of this machine's, give or take `doubtMs`, all in milliseconds. */
export type ClockSight = { aheadMs: number; doubtMs: number }

/** Beyond this, instants of two machines mislead. */
const NOTICED_MS = 2_000
/** Beyond this, an old ban passes for a new one, and a fresh one for an old one. */
const HARMFUL_MS = 60_000

/** Compares three clocks: this machine's, the database's (by which all is counted) and Evolution's. */
export function judgeClocks(database: ClockSight | null, evolution: ClockSight | null): Finding {
  const check = 'clocks'
  const apart = [
    ...(database
      ? [distance("this machine's clock", "the database's", { aheadMs: 0, doubtMs: 0 }, database)]
      : []),
    ...(database && evolution ? [distance("Evolution's clock", "the database's", evolution, database)] : []),
    ...(!database && evolution
      ? [distance("Evolution's clock", "this machine's", evolution, { aheadMs: 0, doubtMs: 0 })]
      : []),
  ]
  const worst = apart.reduce((a, b) => (b.surelyMs > a.surelyMs ? b : a), { surelyMs: 0, words: '' })
  const advice = 'Let every machine set its clock by NTP (timedatectl set-ntp true).'
  if (worst.surelyMs > HARMFUL_MS) return fail(check, worst.words, advice)
  if (worst.surelyMs > NOTICED_MS) return warn(check, worst.words, advice)
  const named = ['this machine', ...(database ? ['database'] : []), ...(evolution ? ['Evolution'] : [])]
  return ok(check, `${named.join(', ')} agree within ${lasting(NOTICED_MS)}`)
}

function distance(
  one: string,
  other: string,
  a: ClockSight,
  b: ClockSight,
): { surelyMs: number; words: string } {
  const apartMs = a.aheadMs - b.aheadMs
  return {
    surelyMs: Math.max(0, Math.abs(apartMs) - a.doubtMs - b.doubtMs),
    words: `${one} is ${lasting(apartMs)} ${apartMs > 0 ? 'ahead of' : 'behind'} ${other}`,
  }
}
