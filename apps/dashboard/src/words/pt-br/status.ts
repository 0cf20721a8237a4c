import { ACTIONS_PT_BR, STATUS_REASONS_PT_BR } from '@zapfleet/words'
import type { status as English } from '../en/status.ts'

/** Situações, motivos e o que fazer, pelos códigos da API. */
export const status: typeof English = {
  status: {
    connected: 'Conectado',
    connecting: 'Conectando',
    disconnected: 'Desconectado',
    banned: 'Banido',
    unknown: 'Desconhecido',
  },
  statusReason: STATUS_REASONS_PT_BR,

  action: {
    ...ACTIONS_PT_BR,
    duplicateOf: (name) =>
      `O celular dele também está conectado em ${name}, que atende por ele. Encerre a sessão de um dos dois ou exclua-o.`,
    nothing: 'Nada a fazer',
  },

  change: {
    DUPLICATE_PHONE: 'mesmo telefone de outro número',
    NOT_DELIVERING: 'as mensagens não chegam',
    DELIVERING: 'as mensagens voltaram a chegar',
    RESTRICTED: 'o WhatsApp só deixa escrever para quem já o conhece',
    UNRESTRICTED: 'a restrição terminou',
    RAMP_ADVANCED: 'o limite do dia subiu',
    RAMP_HELD: 'o limite do dia não subiu',
    MOVED: 'mudou para outro servidor Evolution',
  },
  reason: {
    EXCLUDED: 'excluído desta consulta',
    OTHER_POOL: 'de outro pool',
    BANNED: 'banido',
    DISCONNECTED: 'desconectado',
    CONNECTING: 'conectando',
    UNKNOWN: 'status desconhecido',
    PAUSED: 'pausado',
    DUPLICATE_PHONE: 'mesmo telefone de outro número',
    NOT_DELIVERING: 'as mensagens não chegam',
    DRAINING: 'não recebe contatos novos',
    OUTSIDE_HOURS: 'fora do horário',
    DAILY_LIMIT: 'limite do dia atingido',
    HOURLY_LIMIT: 'limite da hora atingido',
    RESTRICTED: 'só pode escrever para quem já o conhece',
    NEW_CONTACT_LIMIT: 'limite de contatos novos atingido',
    PACING: 'espera entre duas mensagens',
  },

  reasonOfSeveral: {
    EXCLUDED: 'excluídos desta consulta',
    OTHER_POOL: 'de outro pool',
    BANNED: 'banidos',
    DISCONNECTED: 'desconectados',
    CONNECTING: 'conectando',
    UNKNOWN: 'com status desconhecido',
    PAUSED: 'pausados',
    DUPLICATE_PHONE: 'com o telefone de outro número',
    NOT_DELIVERING: 'sem entregar',
    DRAINING: 'sem contatos novos',
    OUTSIDE_HOURS: 'fora do horário',
    DAILY_LIMIT: 'no limite do dia',
    HOURLY_LIMIT: 'no limite da hora',
    RESTRICTED: 'com restrição do WhatsApp',
    NEW_CONTACT_LIMIT: 'no limite de contatos novos',
    PACING: 'esperando entre duas mensagens',
  },
}
