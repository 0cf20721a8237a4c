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
  '{0} has no number yet; the next message chooses one.':
    '{0} ainda não tem número; a próxima mensagem escolhe um.',
  '{0} hears from {1}.': '{0} recebe de {1}.',
  '{0} serves {1} now.': '{0} atende {1} agora.',
}
