import { EVOLUTION_STATES } from '@zapfleet/core'
import { z } from 'zod'

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

/** The body of an error. */
export const portugueseFailure = z.object({ detail: z.string() })
