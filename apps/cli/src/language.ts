import { AsyncLocalStorage } from 'node:async_hooks'
import { PT_BR } from './words/pt-br.ts'

/** The languages of human output; `--json` is always English. */
export type Language = 'en' | 'pt-BR'

const current = new AsyncLocalStorage<Language>()

/** The language of the person: the first of LC_ALL, LC_MESSAGES and LANG that is set. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const named = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^pt([_.@-]|$)/i.test(named) ? 'pt-BR' : 'en'
}

/** Runs `run`, and everything that it starts, in a language. */
export function inLanguage<Result>(language: Language, run: () => Result): Result {
  return current.run(language, run)
}

/** Whether the person reads Portuguese. */
export function isPortuguese(): boolean {
  return current.getStore() === 'pt-BR'
}

/** A sentence in the language of the person. The English one is the key: `${name} is made` is `{0} is made`. */
export function t(parts: TemplateStringsArray, ...values: unknown[]): string {
  const key = parts.reduce((text, part, at) => `${text}{${at - 1}}${part}`)
  return translated(key).replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)]))
}

/** A sentence without values, such as a description of commander's, in the language of the person. */
export function translated(key: string): string {
  return isPortuguese() ? (PT_BR[key] ?? key) : key
}
