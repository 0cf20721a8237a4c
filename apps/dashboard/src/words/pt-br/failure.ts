import type { failure as English } from '../en/failure.ts'

/** Falhas, pelos códigos da API. */
export const failure: typeof English = {
  failure: {
    UNREACHABLE: 'A API não responde.',
    TIMEOUT: 'A API não respondeu a tempo.',
    unreachableMore: 'Confira se ela está no ar e se este aparelho a alcança, e tente de novo.',
    MALFORMED_ANSWER: 'A resposta não veio do zapfleet. Talvez um proxy tenha respondido.',
    ABORTED: 'A chamada foi cancelada.',
    UNAUTHORIZED: 'A sessão ou a chave não vale mais.',
    FORBIDDEN: 'Esta chave não pode fazer isso.',
    NOT_FOUND: 'Não existe (mais).',
    CONFLICT: 'Há conflito com outro número.',
    INVALID_INPUT: 'Algo no formulário não está como esperado.',
    INVALID_STATE: 'Isso não é possível na situação atual.',
    CONTACT_BLOCKED: 'Este contato está bloqueado: pediu para não receber mais mensagens.',
    NO_CAPACITY: 'Nenhum número tem capacidade agora.',
    RATE_LIMITED: 'Chamadas demais com esta chave. Espere um momento.',
    OVERLOADED: 'A API está ocupada demais agora. Tente de novo.',
    EVOLUTION_UNREACHABLE: 'A Evolution não responde. Confira o servidor e a rede, e tente de novo.',
    EVOLUTION_REFUSED: 'A Evolution recusou. O log dela diz por quê.',
    activateLicence: 'A licença da Evolution não está ativada, e por isso ela recusa todos os pedidos.',
    activateLicenceMore: 'Ative-a no manager da Evolution (/manager) e tente de novo.',
    EVOLUTION_MALFORMED: 'A resposta da Evolution não foi entendida. Confira a versão dela.',
    DATABASE_UNAVAILABLE: 'O banco de dados não responde. Tente de novo em um momento.',
    UNEXPECTED: 'Aconteceu algo inesperado. Consulte o log da API.',
    requestId: (id) => `Requisição ${id}`,
  },
}
