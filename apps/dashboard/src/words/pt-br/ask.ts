import type { ask as English } from '../en/ask.ts'

/** A tela que mostra qual número enviaria. */
export const ask: typeof English = {
  ask: {
    title: 'Quem enviaria?',
    lead: 'Mostra qual número enviaria a próxima mensagem a um contato e por que os outros não enviariam. A consulta não altera nada.',
    contact: 'Contato',
    contactHint: 'O id que seu bot usa para o contato. Deixe vazio para consultar sem contato.',
    contactPlaceholder: '5511987654321',
    pool: 'Pool',
    noPool: 'Nenhum: a frota inteira',
    strategy: 'Estratégia',
    strategies: {
      sticky: 'Fixa: o número que o contato já usa',
      round_robin: 'Rodízio: cada um na vez, por prioridade',
      least_loaded: 'Menos carregado: menor uso no dia',
    },
    submit: 'Consultar',
    asking: 'Consultando…',
    wouldSend: (name) => `${name} enviaria`,
    because: {
      only: 'É o único que pode enviar agora.',
      first: 'Vem primeiro nesta estratégia.',
      toContact: 'Ver este contato',
      own: 'Este contato já usa este número.',
    },
    wouldWait: (name) => `${name} enviaria após uma espera`,
    ownWaits: (when) => `O contato fica com o número dele, que espera entre duas mensagens e volta ${when}.`,
    noNumber: 'Nenhum número pode enviar agora',
    noNumberUntil: (when) => `O primeiro volta a enviar ${when}.`,
    noNumberEver: 'Conecte ou retome um número, ou aumente um limite.',
    prefers: (name) => `Este contato usa ${name}.`,
    prefersNone: 'Este contato ainda não tem número.',
    prefersNoneOf: (pool) => `Este contato ainda não tem número no pool ${pool}.`,
    toContact: 'Ver este contato',
    own: 'número do contato',
    candidates: 'Todos os números, em ordem',
    candidatesOf: (pool) => `Todos os números do pool ${pool}, em ordem`,
    freeAt: (when) => `volta ${when}`,
    more: (n) => `e mais ${n}`,
  },
}
