/** `why`, `contacts` and the commands of reservations. */
export const RESERVATIONS_PT_BR: Readonly<Record<string, string>> = {
  '  left there: {0} in this hour, {1} today': '  restam nele: {0} nesta hora, {1} hoje',
  'FREE AGAIN': 'LIVRE DE NOVO',
  'It is the contact’s own number.': 'É o número de sempre deste contato.',
  'No number can serve now. Why: zapfleet why {0}':
    'Nenhum número pode enviar agora. Para saber por quê: zapfleet why {0}',
  'No number can serve {0} now.': 'Nenhum número pode atender {0} agora.',
  'Not sent after all? zapfleet release {0}': 'A mensagem não foi enviada? zapfleet release {0}',
  RANK: 'ORDEM',
  'The contact’s own number, {0}, {1}.': 'O número de sempre do contato, {0}, {1}.',
  'a message to any contact': 'uma mensagem para qualquer pessoa',
  'comes later by this strategy': 'vem depois nesta estratégia',
  'could serve, comes later': 'pode enviar, vem depois',
  'not by waiting': 'esperar não resolve',
  'serves now': 'envia agora',
  'Blocked: it opted out, and no message is sent to it.':
    'Bloqueado: pediu para não receber, e nenhuma mensagem é enviada a ele.',
  'Last wrote to {0}, {1}.': 'Escreveu por último para {0}, {1}.',
  'Other ids: {0}': 'Outros ids: {0}',
  'Reading what is stored of {0}': 'Lendo o que está guardado de {0}',
  '{0} holds what is stored of {1}. Remove it when it is delivered.':
    '{0} contém o que está guardado de {1}. Apague o arquivo depois da entrega.',
  'Remove everything that is stored of {0}? It cannot be undone.':
    'Apagar tudo o que está guardado de {0}? Não há como desfazer.',
  'Removing {0}': 'Apagando {0}',
  '{0} is removed from every table of zapfleet.': '{0} foi apagado de todas as tabelas do zapfleet.',
  '--output: {0} exists already. Name a new file.': '--output: {0} já existe. Informe um arquivo novo.',
  '--output: {0} cannot be written ({1}).': '--output: não foi possível gravar {0} ({1}).',
  '{0} has no number yet; the next message chooses one.':
    '{0} ainda não tem número; a próxima mensagem escolhe um.',
  '{0} hears from {1}.': '{0} recebe de {1}.',
  '{0} serves {1} now.': '{0} atende {1} agora.',
}
