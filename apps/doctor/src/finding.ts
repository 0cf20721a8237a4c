/** `skip`: it could not be checked, because of another finding. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip'

/** What one check found, as a sentence, and what to do about it; null where nothing is to be done. Holds no secret. */
export type Finding = { check: string; verdict: Verdict; found: string; advice: string | null }

/** All is well. */
export const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found, advice: null })

/** It works, with a remark for a person. */
export const warn = (check: string, found: string, advice: string): Finding => ({
  check,
  verdict: 'warn',
  found,
  advice,
})

/** It does not work. */
export const fail = (check: string, found: string, advice: string): Finding => ({
  check,
  verdict: 'fail',
  found,
  advice,
})

/** Not checked. */
export const skip = (check: string, found: string): Finding => ({
  check,
  verdict: 'skip',
  found,
  advice: null,
})

/** "3 numbers", "1 number". */
export const count = (amount: number, one: string, many = `${one}s`): string =>
  `${amount} ${amount === 1 ? one : many}`

/** The first names of a list: "a, b, c and 4 more". */
export function some(names: readonly string[], shown = 5): string {
  const rest = names.length - shown
  return rest > 0 ? `${names.slice(0, shown).join(', ')} and ${rest} more` : names.join(', ')
}

/** A length of time for people: "350 ms", "12 s", "3 min", "5 h", "2 days". */
export function lasting(ms: number): string {
  const size = Math.abs(ms)
  if (size < 1_000) return `${Math.round(size)} ms`
  if (size < 120_000) return `${Math.round(size / 1_000)} s`
  if (size < 7_200_000) return `${Math.round(size / 60_000)} min`
  return size < 172_800_000 ? `${Math.round(size / 3_600_000)} h` : `${Math.round(size / 86_400_000)} days`
}
