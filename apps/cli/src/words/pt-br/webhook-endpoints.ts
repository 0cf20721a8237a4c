/** `webhook-endpoints`. */
export const WEBHOOK_ENDPOINTS_PT_BR: Readonly<Record<string, string>> = {
  EVENTS: 'EVENTOS',
  'Expected some of message, outcome, instance.': 'Use um ou mais de message, outcome, instance.',
  'LAST DELIVERY': 'ÚLTIMA ENTREGA',
  'Remove the webhook endpoint {0}? What it has not received yet is lost to it.':
    'Remover o endereço de webhook {0}? O que ele ainda não recebeu não chega mais.',
  'The webhook endpoint {0} is removed.': 'O endereço de webhook {0} foi removido.',
  'There are no webhook endpoints.': 'Não há endereços de webhook.',
  '{0} accepted the test event.': '{0} aceitou o evento de teste.',
  '{0} did not accept it: {1}': '{0} não aceitou: {1}',
  '{0}: events from now on are posted to {1}.': '{0}: os eventos a partir de agora vão para {1}.',
  '1 to 50 letters, digits, - or _': 'de 1 a 50 letras, dígitos, - ou _',
  'all of them and their last delivery; never the secrets':
    'todos e a última entrega de cada um; nunca os segredos',
  'post a test event now and print how it was answered': 'envia um evento de teste agora e mostra a resposta',
  'post events to a program; the secret is shown this once, on stdout':
    'envia eventos a um programa; o segredo aparece só esta vez, na saída padrão',
  'post nothing more to a program': 'não envia mais nada a um programa',
  'programs to which zapfleet posts what happens, signed':
    'programas aos quais o zapfleet envia o que acontece, com assinatura',
  'the file with a secret of your own; - reads it from standard input':
    'o arquivo com um segredo seu; - lê da entrada padrão',
  'the name, as webhook-endpoints list shows it': 'o nome, como webhook-endpoints list mostra',
  'what to post, with commas: message, outcome, instance':
    'o que enviar, com vírgulas: message, outcome, instance',
  'where the program takes a POST': 'o endereço em que o programa recebe um POST',
}
