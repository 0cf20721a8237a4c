import { FleetError, type FleetErrorCode, type InstanceConflict } from '@zapfleet/core'
import { refusalOf } from '../errors/trpc-refusal.ts'

/** An error as the REST routes answer it: `{ detail }` in Portuguese, as the programs that use them expect. */
export type PortugueseError = { status: number; detail: string; retryAfterSeconds?: number }

/** Thrown by a REST route for a refusal of its own, already in Portuguese. */
export class RestError extends Error {
  override readonly name = 'RestError'
  readonly answer: PortugueseError

  constructor(answer: PortugueseError) {
    super(answer.detail)
    this.answer = answer
  }
}

const ANSWERS: Record<Exclude<FleetErrorCode, 'INVALID_INPUT' | 'UNEXPECTED'>, PortugueseError> = {
  UNAUTHORIZED: { status: 401, detail: 'Chave de API ausente ou inválida. Envie-a no cabeçalho x-api-key.' },
  FORBIDDEN: {
    status: 403,
    detail: 'Esta chave não tem permissão para isto. Use uma chave de administrador.',
  },
  NOT_FOUND: { status: 404, detail: 'Instância não encontrada' },
  CONFLICT: { status: 409, detail: 'Já existe uma instância com este nome' },
  INVALID_STATE: { status: 409, detail: 'O estado atual da instância não permite isto' },
  NO_CAPACITY: { status: 503, detail: 'Nenhuma instância disponível' },
  RATE_LIMITED: { status: 429, detail: 'Muitas requisições com esta chave. Tente de novo em instantes.' },
  OVERLOADED: {
    status: 503,
    detail: 'Servidor sobrecarregado. Tente de novo em instantes.',
    retryAfterSeconds: 1,
  },
  EVOLUTION_UNREACHABLE: { status: 502, detail: 'A Evolution API não respondeu' },
  EVOLUTION_REFUSED: { status: 502, detail: 'A Evolution API recusou o pedido' },
  EVOLUTION_MALFORMED: { status: 502, detail: 'A Evolution API deu uma resposta inesperada' },
  DATABASE_UNAVAILABLE: {
    status: 503,
    detail: 'Banco de dados indisponível. Tente de novo em instantes.',
    retryAfterSeconds: 2,
  },
}

/** Each kind of CONFLICT over an instance needs another act of the caller. */
const CONFLICTS: Record<InstanceConflict, PortugueseError> = {
  registered: {
    status: 409,
    detail: 'Já existe uma instância com este nome. Para conectá-la, peça o QR Code; senão, use outro nome.',
  },
  foreign: {
    status: 409,
    detail:
      'A Evolution API já tem uma instância com este nome, que não está registrada aqui. Importe-a, ou use outro nome.',
  },
  leaving: {
    status: 409,
    detail:
      'A instância com este nome foi excluída, e a Evolution API ainda não a liberou. Tente de novo em instantes, ou use outro nome.',
    retryAfterSeconds: 5,
  },
  busy: {
    status: 409,
    detail: 'Outra chamada está trabalhando nesta instância. Tente de novo em instantes.',
    retryAfterSeconds: 5,
  },
  phone: {
    status: 409,
    detail:
      'Este telefone já é de outra instância. Use essa instância, ou exclua-a, ou troque o telefone dela antes.',
  },
}

/** A create that failed half-way leaves the instance registered: the caller has to know, and what to do. */
function withRegistered(answer: PortugueseError, { isRegistered }: FleetError): PortugueseError {
  if (!isRegistered) return answer
  const cause = answer.detail.replace(/\.$/, '')
  return {
    ...answer,
    detail: `${cause}. A instância ficou registrada: repita o cadastro; se a resposta for que ela já existe, peça o QR Code.`,
  }
}

/**
 * Any error as a REST answer. A body that is no JSON, or no object, is 422 like every other bad input, as FastAPI had
 * it; 413 and 415 keep their own status. What failed inside is 500 with the request id and no word more.
 */
export function portugueseError(error: unknown, requestId: string): PortugueseError {
  if (error instanceof RestError) return error.answer
  const refusal = refusalOf(error)
  if (refusal === null || refusal.code === 'UNEXPECTED') {
    return { status: 500, detail: `Erro interno. O log tem os detalhes sob o id ${requestId}.` }
  }
  if (refusal.conflict !== undefined) return CONFLICTS[refusal.conflict]
  if (refusal.code !== 'INVALID_INPUT') return withRegistered(ANSWERS[refusal.code], refusal)
  const status = error instanceof FleetError ? 422 : (error as { statusCode?: number }).statusCode
  if (status === 413) return { status, detail: 'Corpo da requisição grande demais' }
  if (status === 415) return { status, detail: 'Envie JSON, com o cabeçalho content-type: application/json' }
  if (error instanceof FleetError) return { status: 422, detail: `Entrada inválida: ${error.message}` }
  return {
    status: 422,
    detail: 'A requisição não foi entendida: verifique a URL e se o corpo é um JSON válido',
  }
}
