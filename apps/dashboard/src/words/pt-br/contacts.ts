import type { contacts as English } from '../en/contacts.ts'

/** O lugar dos contatos: uma pessoa e o que se faz com ela. */
export const contacts: typeof English = {
  contacts: {
    title: 'Contatos',
    lead: 'Mostra uma pessoa: com qual número ela fala e por quê, a última mensagem e as conversas dela, e se ela está bloqueada. Digite o telefone dela ou o id que seu bot usa.',
    field: 'Telefone ou id',
    placeholder: '5547988887777',
    hint: 'Com DDD, como (47) 98888-7777, ou o id exatamente como seu bot usa.',
    submit: 'Mostrar',
    reading: 'Carregando o contato…',
    shown: 'O contato está na tela.',
    failedTitle: 'Não foi possível carregar o contato',
    unknown:
      'Nenhum número atende este contato ainda. Depois da primeira mensagem, o número, a última mensagem e as conversas dele aparecem aqui; você já pode escolher o número ou bloquear o contato.',
    showPhone: (phone) => `Mostrar ${phone}`,
    viewer: 'Só uma chave de administrador pode ver as conversas e alterar, exportar ou esquecer um contato.',

    number: 'Número',
    noNumber: 'ainda nenhum',
    lastInbound: 'Última mensagem recebida',
    noInbound: 'nenhuma registrada',
    conversations: 'Conversas',
    conversationsMore:
      'Quando cada número enviou e recebeu pela última vez. Em uma frota grande, a leitura leva alguns segundos.',
    showConversations: 'Mostrar conversas',
    readingConversations: 'Carregando…',
    conversationsShown: (n) => `${n} conversas`,
    noConversations: 'Nenhuma mensagem foi reservada para ele nem recebida dele no último mês.',
    sent: 'Último envio',
    received: 'Última recebida',

    setNumber: 'Escolher número',
    changeNumber: 'Trocar número',
    clearNumber: 'Deixar sem número',
    changeTitle: 'Qual número atende este contato?',
    changeMore:
      'Ele envia a partir da próxima mensagem, enquanto puder. Se a pessoa nunca falou com ele, vai receber mensagens de um número que não conhece.',
    newNumber: 'Novo número',
    choose: 'Escolha…',

    isBlocked: 'Este contato está bloqueado',
    blockedSince: (when) => `Bloqueado desde ${when}`,
    showBlock: 'Ver desde quando e por quê',
    blockedMore: 'Nenhum número envia para ele, em nenhuma estratégia.',
    block: 'Bloquear',
    unblock: 'Desbloquear',
    blockTitle: 'Bloquear este contato?',
    blockMore:
      'Seus bots não conseguem mais reservar mensagens para ele, por nenhum número. O bloqueio continua se você esquecer o contato.',
    blockReason: 'Por quê? (opcional)',
    blockReasonHint: 'Outros operadores verão este texto. Ele é apagado se você esquecer o contato.',
    unblockTitle: 'Desbloquear este contato?',
    unblockMore:
      'Seus bots voltam a poder enviar para ele. Faça isso só se a pessoa aceitou receber mensagens.',

    otherIds: 'Outros ids',
    noOtherIds:
      'Nenhum outro id está vinculado. Um celular brasileiro com e sem o 9 é um só contato, a não ser que tenha sido separado.',
    otherId: 'Outro id',
    otherIdHint: 'Outro telefone da mesma pessoa, ou o id dela em outro sistema.',
    link: 'Vincular id',
    linkTitle: 'Vincular outro id',
    linkMore: 'Os dois ids viram um só contato: um número, um bloqueio, um histórico.',
    linkConflict:
      'Os ids continuam separados: os dois têm conversas e podem ser duas pessoas, ou um deles é de outro contato.',
    linkSame: 'Este id já é o mesmo contato, ou é um grupo.',
    unlink: 'Desvincular',
    unlinkNamed: (alias) => `Desvincular ${alias}`,
    unlinkTitle: (alias) => `Desvincular ${alias}?`,
    unlinkMore: 'Ele vira um contato separado, sem número e sem conversas. Um bloqueio vale para os dois.',

    separate: 'Separar as formas',
    separateTitle: (form) => `Separar ${form}?`,
    separateMore:
      'O número com o 9 e o número sem o 9 viram dois contatos para sempre. Faça isso só se forem duas pessoas. O que está guardado fica com a forma usada no último envio; um bloqueio vale para os dois.',
    apartAlready: 'Eles já são dois contatos.',

    export: 'Exportar',
    exporting: 'Exportando…',
    forget: 'Esquecer',
    forgetting: 'Esquecendo…',
    forgetTitle: 'Esquecer este contato?',
    forgetGoes:
      'Será apagado: o número, as conversas e os outros ids dele, as mensagens que o zapfleet enviou ou ainda não enviou, e os ids dele nas reservas e na auditoria.',
    forgetStays:
      'Continua: os contadores dos seus números e as reservas, sem o contato. Na tabela clientes, que é do seu bot, só o número é apagado; os backups não mudam.',
    forgetStaysBlocked:
      'Continua: o bloqueio, como um código (hash) sem o id; os contadores dos seus números e as reservas, sem o contato. Na tabela clientes, que é do seu bot, só o número é apagado; os backups não mudam.',
    forgetFinal: 'Não há como desfazer.',

    done: {
      setNumber: (name) => `${name} atende este contato agora`,
      clearNumber: 'A próxima mensagem escolhe um número',
      block: 'O contato está bloqueado',
      unblock: 'O contato foi desbloqueado',
      link: (alias) => `${alias} foi vinculado`,
      unlink: (alias) => `${alias} agora é um contato separado`,
      forget: 'O contato foi esquecido',
    },
  },
}
