import { INSTANCE_LIMITS, isInstanceName, textProblem } from '@zapfleet/core'
import { readPhone } from '@zapfleet/phone'
import { z } from 'zod'
import { PortugueseRefusal } from './portuguese-answer.ts'

const { nameMaxLength, newNamePattern, phoneMaxLength } = INSTANCE_LIMITS
const NOME = `nome: envie um texto de 1 a ${nameMaxLength} letras (A-Z, a-z), dígitos, _ ou -`
const NUMERO = `numero_telefone: envie o número em um texto de até ${phoneMaxLength} caracteres, como +5511987654321, ou null`

/** The body of `POST /admin/instances`. */
export const newInstanceBody = z.object(
  {
    nome: z.string({ error: NOME }).refine(isInstanceName, { error: NOME }).meta({ pattern: newNamePattern }),
    numero_telefone: z
      .string({ error: NUMERO })
      .refine((numero) => textProblem(numero, phoneMaxLength) === null, { error: NUMERO })
      .meta({
        minLength: 1,
        maxLength: phoneMaxLength,
        description:
          'Com o código do país, como +5511987654321, ou como se escreve no país de DEFAULT_COUNTRY, como (11) 98765-4321.',
      })
      .nullish(),
  },
  { error: 'envie um objeto JSON com o campo nome' },
)

/** The input of `instance.create`. */
export type NewInstance = { name: string; phoneNumber: string | undefined }

/**
 * The body of `POST /admin/instances` as the input of `instance.create`. Unknown fields are ignored.
 *
 * @param country ISO 3166 code: of a phone number without a country code
 * @throws PortugueseRefusal 422 that names the field
 */
export function newInstanceFrom(body: unknown, country: string): NewInstance {
  const parsed = newInstanceBody.safeParse(body)
  if (!parsed.success) {
    throw new PortugueseRefusal({
      status: 422,
      detail: parsed.error.issues.map((issue) => issue.message).join('; '),
    })
  }
  const { nome: name, numero_telefone: numero } = parsed.data
  if (numero === null || numero === undefined) return { name, phoneNumber: undefined }
  const phoneNumber = readPhone(numero, country)
  if (phoneNumber !== null) return { name, phoneNumber }
  const detail = `numero_telefone: esperado um número de telefone, recebido ${JSON.stringify(numero)}. Envie-o com o código do país, como +5511987654321; sem ele, é lido como número de ${country} (DEFAULT_COUNTRY) e precisa do DDD.`
  throw new PortugueseRefusal({ status: 422, detail })
}

/** The instance name in a path. @throws PortugueseRefusal 422 for a name that cannot exist (too long, NUL) */
export function nameFromPath(nome: string): string {
  if (textProblem(nome, nameMaxLength) === null) return nome
  throw new PortugueseRefusal({
    status: 422,
    detail: `nome: envie um texto de 1 a ${nameMaxLength} caracteres`,
  })
}
