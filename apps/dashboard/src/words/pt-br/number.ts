import type { number as English } from '../en/number.ts'

/** Um número: a página, as configurações e as ações do administrador. */
export const number: typeof English = {
  number: {
    noPhone: 'sem telefone registrado',
    created: 'Adicionado',
    checked: 'Última verificação',
    lastSent: 'Último envio',
    contacts: 'Contatos deste número',
    delivery: 'Entrega',
    deliveryState: {
      ok: 'as mensagens chegam',
      unproven: 'ainda sem dados',
      failing: 'as mensagens não chegam',
    },
    restriction: 'Restrição do WhatsApp',
    restrictionSource: { inferred: 'deduzida das falhas', operator: 'registrada por um operador' },
    restrictionUntil: (time) => `até ${time}`,
    restrictionOpen: 'sem fim conhecido',
    pairAgain: 'Mostrar QR Code',
    use: 'Uso',
    sends: 'Envios',
    day: '24 horas',
    week: '7 dias',
    range: 'Período',
    sentInDay: (n) => `${n} nas últimas 24 horas`,
    sentInWeek: (n) => `${n} nos últimos 7 dias`,
    outcomes: {
      read: (n) => `${n} lidas`,
      delivered: (n) => `${n} entregues`,
      sent: (n) => `${n} enviadas`,
      failed: (n) => `${n} com falha`,
      unknown: (n) => `${n} sem confirmação`,
    },
    perHour: 'Mensagens por hora',
    perDay: 'Mensagens por dia',
    noSends: 'Nada foi enviado neste período.',
    uptime: 'Tempo conectado',
    uptimeDay: 'últimas 24 horas',
    uptimeWeek: 'últimos 7 dias',
    uptimeKnown: (time) => `${time} desde o início do registro`,
    uptimeUnknown: 'ainda sem registro',
    details: 'Detalhes',
    history: 'Histórico',
    historyEmpty: 'Nada aconteceu ainda.',
    historyMore: 'Mostrar mais antigos',
    registered: 'Adicionado à frota',
    lasted: (time) => `por ${time}`,
    evidence: 'Evidências',
    source: {
      poll: 'pela verificação periódica',
      webhook: 'avisado pela Evolution',
      check: 'verificado a pedido',
      admin: 'feito por um administrador',
      sends: 'pelo resultado dos envios',
      receipts: 'pelas confirmações das mensagens',
      probe: 'por um teste da conexão',
      connection: 'por uma conexão nova',
      time: 'o prazo terminou',
    },
    notFoundTitle: 'Não existe este número',
    notFoundMore: 'Ele pode ter sido excluído, ou o endereço está errado.',
    toFleet: 'Voltar à frota',
  },

  settings: {
    title: 'Configurações',
    hourly: 'Mensagens por hora',
    daily: 'Mensagens por dia',
    priority: 'Prioridade',
    priorityHint: 'De 1 a 100. Quanto maior, mais vezes o número é escolhido no rodízio.',
    phone: 'Telefone',
    phoneHint:
      'Com DDD; de outro país, com + e o código do país. Com ele, o zapfleet avisa se outro celular for conectado.',
    phoneRead: (phone) => `Lido como ${phone}`,
    save: 'Salvar alterações',
    saving: 'Salvando…',
    saved: 'Salvo',
    undo: 'Desfazer',
    notWhole: (max) => `Um número inteiro de 0 a ${max}.`,
    notPriority: 'Um número inteiro de 1 a 100.',
    notPhone:
      'Isto não é um telefone. Escreva com o DDD, como (11) 98765-4321, ou com o código do país, como +5511987654321.',
    hourAboveDay: 'O limite por hora é maior que o do dia, então o limite do dia vale primeiro.',
    belowSent: (sent) =>
      `${sent} mensagens já foram enviadas. O número volta a enviar quando a hora ou o dia terminar.`,
    viewer: 'Só uma chave de administrador pode mudar isto.',
  },

  acts: {
    more: 'Mais ações',
    pause: 'Pausar',
    pauseTitle: (name) => `Pausar ${name}?`,
    pauseMore:
      'Ele continua conectado e não envia nada até ser retomado. Outros números atendem os contatos dele.',
    pauseReason: 'Por quê? (opcional)',
    pauseReasonHint: 'Outros operadores verão este texto.',
    resume: 'Retomar',
    drain: 'Não dar contatos novos',
    undrain: 'Dar contatos novos de novo',
    drainMore: 'Ele continua atendendo quem já o conhece. Contatos novos vão para outros números.',
    check: 'Verificar agora',
    restart: 'Reiniciar',
    restartTitle: (name) => `Reiniciar ${name}?`,
    restartMore:
      'A Evolution reconecta o número em alguns segundos. Os outros números enviam enquanto isso. Não é preciso ler o QR Code.',
    logout: 'Encerrar sessão',
    logoutTitle: (name) => `Encerrar a sessão de ${name}?`,
    logoutMore: (contacts) =>
      `O celular é desvinculado e ele para de enviar. Continua na frota e precisa de um novo QR Code para voltar. ${contacts}`,
    delete: 'Excluir',
    deleteTitle: (name) => `Excluir ${name}?`,
    deleteMore: (contacts) =>
      `Ele será removido da frota e da Evolution. Não há como desfazer: para conectar de novo, você precisa do celular. O histórico é mantido. ${contacts}`,
    contactsMove: (n, text) =>
      n === 0
        ? 'Nenhum contato usa este número.'
        : n === 1
          ? '1 contato usa este número e passa para outro na próxima mensagem.'
          : `${text} contatos usam este número e passam para outros na próxima mensagem.`,
    typeName: (name) => `Digite ${name} para confirmar`,
    working: {
      pause: 'Pausando…',
      check: 'Verificando…',
      restart: 'Reiniciando e conferindo…',
      logout: 'Encerrando a sessão e conferindo…',
      delete: 'Excluindo e conferindo…',
    },
    done: {
      pause: (name) => `${name} está pausado`,
      resume: (name) => `${name} pode enviar de novo`,
      drain: (name) => `${name} não recebe contatos novos`,
      undrain: (name) => `${name} volta a receber contatos novos`,
      check: (name, status) => `${name}: ${status}`,
      restart: (name) => `${name} foi reiniciado`,
      logout: (name) => `A sessão de ${name} foi encerrada`,
      delete: (name) => `${name} foi excluído`,
    },
    verified: 'Confirmado na Evolution.',
    unverified: 'A Evolution aceitou, mas não confirmou em 10 segundos. Verifique de novo em um minuto.',
    unverifiedDelete:
      'Ele já foi removido daqui. A Evolution ainda não o removeu; o agendador tenta de novo, e depois disso o nome fica livre.',
    serverAway:
      'O servidor Evolution dele não responde, e nada foi alterado. Depois de 15 minutos sem resposta, a exclusão não espera mais por ele.',
    failed: 'Não deu certo',
  },
}
