import type { FleetErrorCode } from '@zapfleet/client'
import { isPortuguese } from '../language.ts'
import { ERRORS_PT_BR } from './pt-br.ts'

/** A sentence of the API. It writes English: in Portuguese the meaning of its code is before it. */
export function apiWords(code: FleetErrorCode, message: string): string {
  if (!isPortuguese()) return message
  const unknown = /named "(.+?)"/.exec(message)?.[1]
  if (code === 'NOT_FOUND' && unknown !== undefined) return `Não existe um número chamado "${unknown}".`
  const meaning = ERRORS_PT_BR[code]
  return meaning === undefined ? message : `${meaning} (API: ${message})`
}
