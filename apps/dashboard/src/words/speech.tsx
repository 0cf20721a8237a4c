import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { en, type Words } from './en.ts'
import { type Format, makeFormat } from './format.ts'
import { ptBR } from './pt-br.ts'

/** Languages of the page. */
export const LANGUAGES = { en, 'pt-BR': ptBR } as const satisfies Record<string, Words>

export type Language = keyof typeof LANGUAGES

/** What a component needs to show text: words `w`, formats `f`, and the language with the function that sets it. */
export type Speech = {
  w: Words
  f: Format
  language: Language
  setLanguage: (language: Language) => void
  /** Sets the time zone of the fleet. */
  setTimeZone: (timeZone: string) => void
  timeZone: string | undefined
}

const STORED = 'zapfleet.language'

const Spoken = createContext<Speech | null>(null)

/** The stored language, else the first one of the browser that the page has, else English. */
function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED)
  if (stored !== null && stored in LANGUAGES) return stored as Language
  for (const wanted of navigator.languages) {
    if (/^pt\b/i.test(wanted)) return 'pt-BR'
    if (/^en\b/i.test(wanted)) return 'en'
  }
  return 'en'
}

/** Provides the language to everything below. */
export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [timeZone, setTimeZone] = useState<string>()
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const speech = useMemo<Speech>(() => {
    // English with a clock of 24 hours: 14:32.
    const locale = language === 'en' ? 'en-GB' : language
    return {
      w: LANGUAGES[language],
      f: makeFormat(locale, timeZone),
      language,
      timeZone,
      setTimeZone,
      setLanguage(chosen) {
        localStorage.setItem(STORED, chosen)
        setLanguage(chosen)
      },
    }
  }, [language, timeZone])
  return <Spoken value={speech}>{children}</Spoken>
}

/** The words and formats of the present language. */
export function useSpeech(): Speech {
  const speech = useContext(Spoken)
  if (speech === null) throw new Error('useSpeech is used outside of SpeechProvider.')
  return speech
}
