/** Limits of new people, gaps, ramps and hours: `instances update`, `get` and `list`, and the turn of a reservation. */
export const BUDGETS_PT_BR: Readonly<Record<string, string>> = {
  'New people': 'Novos',
  Gap: 'Intervalo',
  Ramp: 'Rampa',
  Hours: 'Horário',
  'none while it drains': 'nenhum enquanto esvazia',
  '{0} of {1} this hour': '{0} de {1} nesta hora',
  '{0} of {1} today': '{0} de {1} hoje',
  'at least {0} between two messages': 'ao menos {0} entre duas mensagens',
  '{0} to {1}, day {2} of {3}: {4} today': 'de {0} a {1}, dia {2} de {3}: {4} hoje',
  '{0}, held: {1}': '{0}, parada: {1}',
  '{0} in the fleet’s time zone, replies at any time': '{0} no fuso da frota, respostas a qualquer hora',
  'no room for new people': 'sem vaga para pessoas novas',
  'outside its hours': 'fora do horário',
  '  send it in {0} s, not before {1}': '  envie em {0} s, não antes de {1}',
  '  new people left there: {0}': '  pessoas novas que ainda cabem nele: {0}',
  'Expected a whole number from 0 to {0}, or none for no limit.':
    'Use um número inteiro de 0 a {0}, ou none para não limitar.',
  'Expected a duration of at most an hour with its unit, such as 20s, 1m or 1500ms, or none for no gap.':
    'Use uma duração de até uma hora com a unidade, como 20s, 1m ou 1500ms, ou none para não haver intervalo.',
  'Expected a duration of at most two minutes with its unit, such as 30s or 2m.':
    'Use uma duração de até dois minutos com a unidade, como 30s ou 2m.',
  'Expected from:to:days, such as 10:100:21 for 10 messages on the first day and 100 on the 21st, or none for no ramp.':
    'Use de:até:dias, como 10:100:21 para 10 mensagens no primeiro dia e 100 no 21º, ou none para não haver rampa.',
  'The ramp ends below its start: expected the first day’s messages, then the last day’s, such as 10:100:21.':
    'A rampa termina abaixo do início: informe as mensagens do primeiro dia e depois as do último, como 10:100:21.',
  'Expected {0} to {1} days, received {2}.': 'Use de {0} a {1} dias; você informou {2}.',
  'Expected at most {0} spans, received {1}.': 'Use no máximo {0} períodos; você informou {1}.',
  '"{0}" is no day: expected days and times, such as "mon-fri 08:00-20:00; sat 09:00-13:00", or none for any time.':
    '"{0}" não é um dia: use dias e horas, como "seg-sex 08:00-20:00; sáb 09:00-13:00", ou none para qualquer hora.',
  '"{0}" is no span of time: expected 08:00-20:00, with 24:00 for the end of the day.':
    '"{0}" não é um período: use 08:00-20:00, com 24:00 para o fim do dia.',
  '"{0}" ends before it begins: write a span over midnight as two, such as "mon 22:00-24:00; tue 00:00-06:00".':
    '"{0}" termina antes de começar: para passar da meia-noite use dois períodos, como "seg 22:00-24:00; ter 00:00-06:00".',
  "option '{0}' argument '{1}' is invalid. {2}": "'{1}' não serve para a opção '{0}'. {2}",
  'Expected a whole number from {0} to {1}.': 'Use um número inteiro de {0} a {1}.',
  'Expected a day as 2027-12-31, or an instant as 2027-12-31T12:00:00Z.':
    'Use um dia, como 2027-12-31, ou um instante, como 2027-12-31T12:00:00Z.',
  'Expected at least one status.': 'Informe ao menos um status.',
  'Allowed choices are {0}.': 'As opções são {0}.',
}
