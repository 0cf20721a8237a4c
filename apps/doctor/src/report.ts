import type { Finding, Verdict } from './finding.ts'

const WORDS: Record<Verdict, string> = { ok: 'ok', warn: 'warn', fail: 'FAIL', skip: '-' }

/** Whether nothing is broken: warnings are no failure. */
export const isSound = (findings: readonly Finding[]): boolean =>
  !findings.some(({ verdict }) => verdict === 'fail')

/** What a terminal acts on or does not show: names of instances come from other programs. */
const UNSEEN = /\p{C}/gu

/**
 * One line a check, and the advice on the line below where there is one. Control and format characters are written as
 * `\u{1b}`.
 */
export function tell(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, verdict, found, advice }) => [
    `${WORDS[verdict].padEnd(5)} ${check.padEnd(width)}  ${seen(found)}`,
    ...(advice === null ? [] : [`${' '.repeat(8 + width)}→ ${seen(advice)}`]),
  ])
  return [...lines, '', summary(findings)].join('\n')
}

function seen(text: string): string {
  return text.replace(UNSEEN, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`)
}

/** The same for programs: `ok` is false where a check failed. */
export function tellAsJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: isSound(findings), checks: findings }, null, 2)
}

function summary(findings: readonly Finding[]): string {
  const of = (verdict: Verdict): number => findings.filter((one) => one.verdict === verdict).length
  const skipped = of('skip') > 0 ? `, ${of('skip')} not looked at` : ''
  return `${of('ok')} ok, ${of('warn')} to know, ${of('fail')} to mend${skipped}`
}
