import type { session as English } from '../en/session.ts'

/** A entrada e a lista de navegadores conectados. */
export const session: typeof English = {
  signIn: {
    title: 'Entre na sua frota',
    lead: 'O zapfleet escolhe um número de WhatsApp para cada mensagem do bot e mantém todos dentro dos limites. Aqui você acompanha a situação deles.',
    key: 'Chave da API',
    keyHint: 'A chave de administrador permite alterar tudo; a de consulta, só visualizar.',
    whereTitle: 'Onde encontro a chave?',
    where: [
      'Onde o npm start está rodando, em outro terminal:',
      'Em outros lugares, é o que foi definido em ADMIN_API_KEY.',
    ],
    submit: 'Entrar',
    checking: 'Conferindo a chave…',
    privacy: 'Você continua conectado neste navegador por 30 dias. A chave não fica guardada nele.',
    missing: 'Cole uma chave primeiro.',
    unknownKey:
      'Esta chave não é válida aqui. Confira se ela foi copiada inteira, sem espaço antes ou depois.',
    botKey:
      'Esta é a chave de um bot. Ela pode reservar números e contar mensagens, mas não ver a frota. Entre com uma chave de administrador ou de consulta.',
    unfit: 'A chave só tem letras sem acento, números, - e _. O texto colado tem outros caracteres.',
    noCookie:
      'Este navegador não guardou o cookie de acesso. Permita cookies neste endereço e entre de novo.',
    revoked: 'Seu acesso terminou: a sessão expirou ou a chave não vale mais. Entre de novo.',
    signedOut: 'Você saiu.',
  },

  sessions: {
    title: 'Navegadores conectados',
    lead: (label) =>
      `Navegadores em que alguém entrou com a chave “${label}”. O acesso termina depois de 30 dias, ou junto com a chave.`,
    thisBrowser: 'Este navegador',
    unknownBrowser: 'Navegador desconhecido',
    signedIn: (when) => `entrou ${when}`,
    lastUsed: (ago) => `último uso ${ago}`,
    end: 'Encerrar',
    endNamed: (name) => `Encerrar o acesso de ${name}`,
    signOutEverywhere: 'Sair em todos os navegadores',
    signOutFailed: 'Você ainda não saiu',
  },
}
