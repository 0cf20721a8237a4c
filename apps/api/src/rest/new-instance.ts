import { isInstanceName } from '@zapfleet/core'
import { z } from 'zod'
import { isPhoneNumber, NAME_MAX_LENGTH, textProblem, withPlus } from '../contract/text.ts'
import { RestError } from './portuguese-error.ts'

const NOME = `nome: envie um texto de 1 a ${NAME_MAX_LENGTH} letras (A-Z, a-z), dígitos, _ ou -`
const NUMERO = 'numero_telefone: envie o número como +5511987654321, ou null'

/** The body of `POST /admin/instances`. */
export const newInstanceBody = z.object(
  {
    nome: z
      .string({ error: NOME })
      .refine(isInstanceName, { error: NOME })
      .meta({ pattern: '^[A-Za-z0-9_-]{1,50}$' }),
    numero_telefone: z
      .string({ error: NUMERO })
      .overwrite(withPlus)
      .refine(isPhoneNumber, { error: NUMERO })
      .meta({ pattern: '^\\+?[1-9][0-9]{6,14}$' })
      .nullish(),
  },
  { error: 'envie um objeto JSON com o campo nome' },
)

/**
 * The body of `POST /admin/instances` as core wants it. Fields it does not know are ignored, as they always were there.
 * Anything else that is wrong is a RestError 422 that names the field.
 */
export function newInstanceFrom(body: unknown): { name: string; phoneNumber: string | undefined } {
  const parsed = newInstanceBody.safeParse(body)
  if (!parsed.success) {
    throw new RestError({ status: 422, detail: parsed.error.issues.map((issue) => issue.message).join('; ') })
  }
  return { name: parsed.data.nome, phoneNumber: parsed.data.numero_telefone ?? undefined }
}

/** The instance name in a path. One that cannot exist (too long, NUL) is a RestError 422. */
export function nameFromPath(nome: string): string {
  if (textProblem(nome, NAME_MAX_LENGTH) === null) return nome
  throw new RestError({ status: 422, detail: `nome: envie um texto de 1 a ${NAME_MAX_LENGTH} caracteres` })
}
