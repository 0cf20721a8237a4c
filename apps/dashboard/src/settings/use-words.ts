import { settings as en } from '../words/en/settings.ts'
import { settings as ptBR } from '../words/pt-br/settings.ts'
import { useSpeech } from '../words/speech.tsx'

const SETTINGS_WORDS = { en, 'pt-BR': ptBR } as const

/** The texts of the settings. They are loaded with the place, not with the page. */
export type SettingsWords = typeof en

export function useSettingsWords(): SettingsWords {
  return SETTINGS_WORDS[useSpeech().language]
}
