import type { FleetError, FleetErrorCode, InstanceConflict } from '@zapfleet/core'
import { retryAfter } from '../errors/answers.ts'
import type { Failure } from '../errors/failure.ts'
import type { Renderer } from '../errors/refuse.ts'

/** An error as the legacy routes answer it: `{ detail }` in Portuguese. */
export type PortugueseError = { status: number; detail: string; retryAfterSeconds?: number }

/** Thrown by a legacy route for an error that is no FleetError, already in Portuguese. Such errors are not logged. */
export class PortugueseRefusal extends Error {
  override readonly name = 'PortugueseRefusal'
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
  CONTACT_BLOCKED: {
    status: 403,
    detail: 'Este contato está bloqueado: pediu para não receber mais mensagens.',
  },
  NO_CAPACITY: { status: 503, detail: 'Nenhuma instância disponível' },
  RATE_LIMITED: { status: 429, detail: 'Muitas requisições com esta chave. Tente de novo em instantes.' },
  OVERLOADED: { status: 503, detail: 'Servidor sobrecarregado. Tente de novo em instantes.' },
  EVOLUTION_UNREACHABLE: { status: 502, detail: 'A Evolution API não respondeu' },
  EVOLUTION_REFUSED: { status: 502, detail: 'A Evolution API recusou o pedido' },
  EVOLUTION_MALFORMED: { status: 502, detail: 'A Evolution API deu uma resposta inesperada' },
  DATABASE_UNAVAILABLE: { status: 503, detail: 'Banco de dados indisponível. Tente de novo em instantes.' },
}

const UNLICENSED: PortugueseError = {
  status: 502,
  detail:
    'A licença da Evolution API não está ativada, e por isso ela recusa todos os pedidos. Ative-a no manager da Evolution (/manager) e tente de novo.',
}

/** The kinds of CONFLICT over an instance: the caller must do something else about each. */
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
  phoneless: {
    status: 409,
    detail:
      'A Evolution API já tem uma instância com este nome, de uma integração sem telefone, que não é gerenciada aqui. Use outro nome.',
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

/** Adds, after a create that failed half-way, that the instance is registered and what to do. */
function withRegistered(answer: PortugueseError, { isRegistered }: FleetError): PortugueseError {
  if (!isRegistered) return answer
  const cause = answer.detail.replace(/\.$/, '')
  return {
    ...answer,
    detail: `${cause}. A instância ficou registrada: repita o cadastro; se a resposta for que ela já existe, peça o QR Code.`,
  }
}

/** The answer of the legacy routes. */
export const portugueseAnswer: Renderer = (failure, { requestId, nowMs }) => {
  const { status, detail, retryAfterSeconds } = portugueseError(failure, requestId)
  const isOwn = failure.thrown instanceof PortugueseRefusal
  const headers = isOwn ? {} : retryAfter(failure.error, nowMs)
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds)
  return { status, headers, body: { detail }, isLogged: !isOwn }
}

/**
 * An error in Portuguese. A body that is no JSON object is 422 like every other bad input, as it was with FastAPI; 413 and 415
 * keep their statuses. An UNEXPECTED error is 500 with the request id alone.
 */
export function portugueseError({ error, status, thrown }: Failure, requestId: string): PortugueseError {
  if (thrown instanceof PortugueseRefusal) return thrown.answer
  if (error.code === 'UNEXPECTED')
    return { status: 500, detail: `Erro interno. O log tem os detalhes sob o id ${requestId}.` }
  if (error.nextStep === 'activate_licence') return withRegistered(UNLICENSED, error)
  if (error.conflict !== undefined) return CONFLICTS[error.conflict]
  if (error.code !== 'INVALID_INPUT') return withRegistered(ANSWERS[error.code], error)
  if (status === 413) return { status, detail: 'Corpo da requisição grande demais' }
  if (status === 415) return { status, detail: 'Envie JSON, com o cabeçalho content-type: application/json' }
  const isFastify = (thrown as { statusCode?: unknown }).statusCode !== undefined
  if (!isFastify) return { status: 422, detail: `Entrada inválida: ${error.message}` }
  return {
    status: 422,
    detail: 'A requisição não foi entendida: verifique a URL e se o corpo é um JSON válido',
  }
}
