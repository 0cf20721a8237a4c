import { t } from './language.ts'

/** Errors of commander: the pattern of each, and the sentence for people. */
const KNOWN: readonly [RegExp, (about: readonly string[]) => string][] = [
  [/^unknown option '(.+?)'/, ([a]) => t`unknown option '${a}'`],
  [/^unknown command '(.+?)'/, ([a]) => t`unknown command '${a}'`],
  [/^missing required argument '(.+?)'/, ([a]) => t`missing required argument '${a}'`],
  [/^option '(.+?)' argument missing/, ([a]) => t`option '${a}' argument missing`],
  [/^required option '(.+?)' not specified/, ([a]) => t`required option '${a}' not specified`],
  [
    /^option '(.+?)' argument '(.*?)' is invalid\. (.+?)\.?$/,
    ([a, b, c]) => t`option '${a}' argument '${b}' is invalid. ${c}`,
  ],
  [
    /^option '(.+?)' cannot be used with option '(.+?)'/,
    ([a, b]) => t`option '${a}' cannot be used with option '${b}'`,
  ],
  [/^too many arguments(?: for '(.+?)')?/, ([a]) => t`too many arguments for '${a ?? 'zapfleet'}'`],
]

/** An error of commander as one line, in the language of the person, without "error: ". */
export function usageWords(error: string): string {
  const text = error
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')
  const guess = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(text)?.[1]
  const more = guess === undefined ? '' : ` ${t`Did you mean ${guess}?`}`
  for (const [pattern, say] of KNOWN) {
    const [, ...about] = pattern.exec(text) ?? []
    if (about.length > 0) return text.endsWith(')') && guess === undefined ? text : `${say(about)}.${more}`
  }
  return text
}
