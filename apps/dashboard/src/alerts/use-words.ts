import { alerts as en } from '../words/en/alerts.ts'
import { alerts as ptBR } from '../words/pt-br/alerts.ts'
import { useSpeech } from '../words/speech.tsx'

const ALERT_WORDS = { en, 'pt-BR': ptBR } as const

/** The texts of the place of alerts, beside those of the alerts themselves. They are loaded with the place. */
export function useAlertWords(): typeof en {
  return ALERT_WORDS[useSpeech().language]
}
