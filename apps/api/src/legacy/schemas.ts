import { EVOLUTION_STATES, STATUSES } from '@zapfleet/core'
import { z } from 'zod'
import { VERDICTS } from './verdict.ts'

/** The four fields of a QR code, as Evolution answers them. */
export const qrcode = z.object({
  pairingCode: z.string().nullable(),
  code: z.string().nullable(),
  base64: z.string().nullable().describe('A PNG picture as a data URL.'),
  count: z.number(),
})

/** What `POST /admin/instances` answers. */
export const createdInstance = z.object({
  nome: z.string(),
  numero_telefone: z
    .string()
    .optional()
    .describe('O telefone enviado, como foi lido: com o sinal de mais e o código do país.'),
  qrcode,
  message: z.string(),
})

/** What `GET /health/instances` answers; `status` of an instance is its state on Evolution. */
export const instancesHealth = z.object({
  status: z.enum(['healthy', 'degraded']),
  online: z.number(),
  total: z.number(),
  instances: z.array(z.object({ nome: z.string(), status: z.enum(EVOLUTION_STATES), online: z.boolean() })),
})

const status = z.enum(STATUSES)
const load = z.string().describe('As mensagens de hoje sobre o limite do dia, como 12.5%.')
const dayLimit = 'O limite de hoje: capacidade_dia, ou menos enquanto o número aquece.'
const lastMessage = z.iso
  .datetime({ offset: true })
  .nullable()
  .describe('A última mensagem contada, ISO 8601 com o fuso +00:00; null: nenhuma.')
const verdict = z
  .enum(VERDICTS)
  .describe(
    'critical: nenhum número online; degraded: menos da metade; warning: mais de 80 % da capacidade do dia usada; senão healthy.',
  )
const writtenAt = z.iso.datetime({ offset: true }).describe('Quando foi lido, ISO 8601 com o fuso +00:00.')
const online = z.number().describe('Números com status connected, também os pausados.')

/** What `GET /stats/instances` answers. */
export const instanceStats = z.object({
  total_instancias: z.number(),
  online,
  capacidade_total_dia: z.number().describe('A soma de capacidade_dia de todos os números.'),
  enviadas_hoje: z.number().describe('A soma de msgs_dia de todos os números.'),
  instancias: z.array(
    z.object({
      nome: z.string(),
      status,
      msgs_hora: z.number(),
      capacidade_hora: z.number(),
      msgs_dia: z.number(),
      capacidade_dia: z.number().describe(dayLimit),
      carga: load,
      disponivel: z.boolean().describe('O número pode enviar agora.'),
    }),
  ),
})

/** What `GET /dashboard/instances` answers. */
export const instancesDashboard = z.object({
  status: verdict,
  timestamp: writtenAt,
  resumo: z.object({
    total_instancias: z.number().describe('Todos os números, também os pausados e os banidos.'),
    online,
    offline: z.number().describe('Nem online, nem banidos.'),
    banidas: z.number(),
    capacidade_dia: z.number().describe('A soma dos limites de hoje dos números online.'),
    enviadas_hoje: z.number().describe('A soma das mensagens de hoje de todos os números.'),
    capacidade_usada_pct: z.string().describe('Quanto da capacidade do dia foi usado, como 12.5%.'),
  }),
  instancias: z.array(
    z.object({
      nome: z.string(),
      numero: z.string().nullable(),
      status,
      status_emoji: z.string(),
      msgs_hora: z.string().describe('Enviadas e limite da hora, como 3/20.'),
      msgs_dia: z.string().describe('Enviadas e limite de hoje, como 30/100.'),
      carga: load,
      ultima_msg: lastMessage,
    }),
  ),
})

/** What `GET /dashboard/instances/{nome}` answers. */
export const instanceDetail = z.object({
  nome: z.string(),
  numero: z.string().nullable(),
  status,
  disponivel: z.boolean().describe('O número pode enviar agora.'),
  capacidade: z.object({ hora: z.number(), dia: z.number().describe(dayLimit) }),
  uso: z.object({ msgs_hora: z.number(), msgs_dia: z.number(), carga_pct: z.number() }),
  medicos_atribuidos: z.number().describe('Contatos que têm este número como preferido.'),
  ultima_msg: lastMessage,
  historico_24h: z
    .array(z.object({ hora: z.iso.datetime({ offset: true }), enviadas: z.number() }))
    .describe('As últimas 24 horas, a mais antiga primeiro.'),
})

/** What `GET /dashboard/health` answers. */
export const fleetHealth = z.object({
  status: verdict,
  timestamp: writtenAt,
  online,
  total: z.number().describe('Todos os números, também os pausados e os banidos.'),
  checks: z
    .object({
      instancias: z.boolean().describe('Há um número online, e ao menos a metade está.'),
      capacidade: z.boolean().describe('No máximo 80 % da capacidade do dia foi usada.'),
      supabase: z.literal(true).describe('O banco de dados respondeu; senão a resposta é 503.'),
    })
    .describe('Todos são true exatamente quando status é healthy.'),
  details: z.object({ instancias: z.string(), capacidade: z.string() }).describe('O mesmo, para pessoas.'),
})

/** The body of an error. */
export const portugueseFailure = z.object({ detail: z.string() })
