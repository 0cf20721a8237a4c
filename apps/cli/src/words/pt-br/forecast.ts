/** `forecast`. */
export const FORECAST_PT_BR: Readonly<Record<string, string>> = {
  'how many new contacts the fleet can take a day, and what keeps it from more':
    'quantos contatos novos por dia a frota consegue atender, e o que impede mais',
  'so many new contacts come each day': 'quantos contatos novos chegam por dia',
  'so many wait for a number now, such as those of a banned one':
    'quantos esperam por um número agora, por exemplo os de um número banido',
  'The fleet can take {0} new contacts today, {1} of them now.':
    'A frota consegue atender {0} contatos novos hoje, {1} deles a partir de agora.',
  'When its ramps have ended: {0} a day.': 'Quando as rampas terminarem: {0} por dia.',
  '{0} a day: enough room on every day of a year.': '{0} por dia: há espaço em todos os dias de um ano.',
  '{0} a day: too little room today.': '{0} por dia: hoje não há espaço para todos.',
  '{0} a day: enough room for {1}.': '{0} por dia: há espaço por {1}.',
  'Enough on every day from {0} on.': 'Há espaço em todos os dias a partir de {0}.',
  'The new contacts of one day need {0}.': 'Os contatos novos de um dia precisam de {0}.',
  '{0} waiting: the room left by new contacts never serves them all.':
    '{0} na espera: o espaço que sobra dos contatos novos nunca atende a todos.',
  '{0} waiting: {1}, until {2}.': '{0} na espera: {1}, até {2}.',
  DATE: 'DATA',
  'NEW CONTACTS': 'CONTATOS NOVOS',
  MORE: 'MAIS',
  WITHOUT: 'SEM',
  NUMBERS: 'NÚMEROS',
  'On {0} there is no room for {1}. What keeps the fleet from more:':
    'Em {0} falta espaço para {1}. O que impede mais:',
  'limit for new contacts': 'limite de contatos novos',
  ramp: 'rampa',
  'daily limit': 'limite do dia',
  'hourly limit': 'limite da hora',
  'gap between messages': 'intervalo entre mensagens',
  hours: 'horário',
  '{0} without a limit for new contacts, counted with all messages: {1}':
    '{0} sem limite de contatos novos, contados com todas as mensagens: {1}',
  'This counts what the limits allow. It promises nothing about bans.':
    'Isto conta o que os limites permitem. Não promete nada sobre banimentos.',
  '{0} day': '{0} dia',
  '{0} days': '{0} dias',
}
