import type { budget as English } from '../en/budget.ts'

/** Os limites de um número além dos limites por hora e por dia. */
export const budget: typeof English = {
  budget: {
    more: 'Mais limites',
    none: 'nenhum definido',
    parts: { newContacts: 'contatos novos', gap: 'ritmo', ramp: 'aquecimento', hours: 'horário' },
    correct: 'precisa de correção',
    notCount: (max) => `Um número inteiro de 0 a ${max}, ou nada para ficar sem limite.`,

    newContacts: 'Contatos novos',
    newContactsHint:
      'Pessoas sem mensagem de ou para este número nos últimos 30 dias. Muitas em pouco tempo são causa frequente de banimento. Respostas e contatos conhecidos não contam.',
    newHourly: 'Contatos novos por hora',
    newDaily: 'Contatos novos por dia',
    noLimit: 'sem limite',
    newHourAboveDay: 'O limite por hora é maior que o do dia, então o do dia vale primeiro.',

    pace: 'Ritmo',
    paceHint: 'Envia as mensagens uma após a outra, e não todas de uma vez.',
    gap: 'Segundos entre duas mensagens, no mínimo',
    noGap: 'sem espera',
    notGap: (max) => `Um número de segundos de 0 a ${max}, ou nada para ficar sem espera.`,

    ramp: 'Aquecimento (rampa)',
    rampHint:
      'Para um número novo, ou parado há muito tempo. Ele começa com poucas mensagens por dia e envia um pouco mais a cada dia.',
    rampOn: 'Aumentar o limite do dia aos poucos',
    rampFrom: 'No primeiro dia',
    rampTo: 'No último dia',
    rampDays: 'Total de dias',
    rampUnit: 'Mensagens por dia. Outros valores fazem começar de novo.',
    notRampLimit: (max) => `Um número inteiro de 1 a ${max}.`,
    rampFalls: 'Não menos que no primeiro dia.',
    notRampDays: (least, most) => `Um número inteiro de ${least} a ${most}.`,
    rampBegins: (from, to, date) => `Começa hoje, ao salvar: ${from} mensagens hoje, ${to} em ${date}.`,
    rampEnds: 'Termina ao salvar. A partir daí vale só o limite por dia.',
    rampAboveDay: (daily) => `O limite de ${daily} mensagens por dia é menor: a partir dele, ele vale.`,

    rampToday: (day, days, limit) => `Dia ${day} de ${days}: ${limit} mensagens hoje.`,
    rampReaches: (to, date) => `Chega a ${to} em ${date}, se nada o impedir.`,
    rampDone: 'Está completo.',
    rampHeld: (why) => `Não subiu na última meia-noite: ${why}.`,
    rampHolds: {
      BANNED: 'o WhatsApp baniu o número',
      RESTRICTED: 'o WhatsApp restringiu o número',
      NOT_DELIVERING: 'as mensagens não chegavam',
      SILENT: 'ele não enviava nada havia 72 horas',
    },
    rampLimit: (limit) => `${limit} mensagens por dia`,
    rampCut: (limit) => `Ele permite ${limit}, mas o limite por dia é menor.`,
    rampPicture: (from, to, days, day, limit) =>
      `Uma linha de ${from} mensagens no dia 1 a ${to} no dia ${days}. Hoje é o dia ${day}, com ${limit}.`,
    day: (n) => `dia ${n}`,
    today: (day) => `hoje, dia ${day}`,

    newThisHour: 'Contatos novos nesta hora',
    newToday: 'Contatos novos hoje',
    gapDetail: 'Entre duas mensagens',
    atLeast: (seconds, text) => `no mínimo ${text} ${seconds < 2 ? 'segundo' : 'segundos'}`,
    nextAt: (time) => `Espera entre duas mensagens. A próxima é possível a partir das ${time}.`,

    hours: 'Horário',
    hoursHint: (zone) =>
      `No fuso horário da frota, ${zone}. Respostas a quem escreveu nas últimas 24 horas saem a qualquer hora.`,
    hoursOn: 'Enviar só em certos horários',
  },

  hours: {
    row: (n) => `Horário ${n}`,
    days: 'Dias',
    from: 'Das',
    to: 'Até',
    add: 'Adicionar horário',
    remove: (n) => `Remover horário ${n}`,
    noDay: 'Escolha pelo menos um dia.',
    notTime: 'Uma hora, como 08:00.',
    notEnd: 'Uma hora, como 20:00, no máximo 24:00.',
    overMidnight: (from, to) =>
      from === to
        ? 'O fim não é depois do início.'
        : `O fim não é depois do início. Se passar da meia-noite, use duas linhas: ${from} a 24:00 e 00:00 a ${to}.`,
    everyDay: 'todos os dias',
    open: 'aberto agora',
    closedUntil: (when) => `fechado, abre ${when}`,
    atTime: (time) => `às ${time}`,
    tomorrowAt: (time) => `amanhã às ${time}`,
    dayAt: (day, time) => `${day} às ${time}`,
    short: { mon: 'seg', tue: 'ter', wed: 'qua', thu: 'qui', fri: 'sex', sat: 'sáb', sun: 'dom' },
    long: {
      mon: 'segunda-feira',
      tue: 'terça-feira',
      wed: 'quarta-feira',
      thu: 'quinta-feira',
      fri: 'sexta-feira',
      sat: 'sábado',
      sun: 'domingo',
    },
  },
}
