/** `alert-routes`. */
export const ALERT_ROUTES_PT_BR: Readonly<Record<string, string>> = {
  'AT LEAST': 'A PARTIR DE',
  'Expected hours as 22:00-07:00, or off.': 'Use um horário como 22:00-07:00, ou off.',
  'Expected the secret address of the route, which is no argument.':
    'Falta o endereço secreto da rota, que não pode ser um argumento.',
  'Give it in a file with {0}, in the variable {1}, or type it on a terminal.':
    'Informe-o em um arquivo com {0}, na variável {1}, ou digite-o em um terminal.',
  KIND: 'TIPO',
  QUIET: 'SILÊNCIO',
  'Remove the alert route {0}? What it has not received yet is lost to it.':
    'Remover a rota de alerta {0}? O que ela ainda não recebeu não chega mais.',
  'Send a test message with: {0}': 'Envie uma mensagem de teste com: {0}',
  'The alert route {0} is changed.': 'A rota de alerta {0} foi alterada.',
  'The alert route {0} is removed.': 'A rota de alerta {0} foi removida.',
  'There are no alert routes.': 'Não há rotas de alerta.',
  'There is nothing to change: give --min-severity, --quiet, --language, --to, --chat, --address-file, --token-file, --secret-file or --fleet-mail-server.':
    'Não há nada para alterar: informe --min-severity, --quiet, --language, --to, --chat, --address-file, --token-file, --secret-file ou --fleet-mail-server.',
  'Token of the bot (not shown): ': 'Token do bot (não aparece): ',
  'URL (not shown): ': 'URL (não aparece): ',
  '{0} accepted it, but: {1}': '{0} aceitou, mas: {1}',
  '{0} accepted the test message.': '{0} aceitou a mensagem de teste.',
  '{0}: alerts from now on are sent to {1}.': '{0}: os alertas a partir de agora vão para {1}.',
  'a chat of Telegram, by a bot of yours; its token is read, never given as an argument':
    'um chat do Telegram, por um bot seu; o token é lido, nunca vem como argumento',
  'a program, signed; its URL is read, and the secret is shown this once, on stdout':
    'um programa, com assinatura; a URL é lida, e o segredo aparece só esta vez, na saída padrão',
  'an incoming webhook of Slack; its URL is read, never given as an argument':
    'um incoming webhook do Slack; a URL é lida, nunca vem como argumento',
  'change a route; what is not given stays, the secrets too':
    'altera uma rota; o que não é informado fica como está, também os segredos',
  'e-mail addresses, with commas': 'endereços de e-mail, com vírgulas',
  'e-mail, sent through the mail server of SMTP_URL or, with --address-file, through another one':
    'e-mail, pelo servidor de SMTP_URL ou, com --address-file, por outro servidor',
  'hours in which only critical alerts are sent, as 22:00-07:00; off: none':
    'horário em que só alertas críticos são enviados, como 22:00-07:00; off: nenhum',
  'language of the texts': 'idioma dos textos',
  'send a test message now and print whether it was accepted':
    'envia uma mensagem de teste agora e mostra se foi aceita',
  'send e-mail by the server of SMTP_URL again': 'volta a enviar e-mail pelo servidor de SMTP_URL',
  'send no alerts by a route any more': 'não envia mais alertas por uma rota',
  'send alerts to people by a new route; secrets are read from a file or typed unseen':
    'avisa pessoas por uma nova rota; os segredos são lidos de um arquivo ou digitados sem aparecer',
  'the file with a secret of your own for the signatures; - reads it from standard input':
    'o arquivo com um segredo seu para as assinaturas; - lê da entrada padrão',
  'the file with the URL; - reads it from standard input': 'o arquivo com a URL; - lê da entrada padrão',
  'the file with the smtps:// URL of a mail server that only this route uses':
    'o arquivo com a URL smtps:// de um servidor de e-mail que só esta rota usa',
  'the file with the token of the bot; - reads it from standard input':
    'o arquivo com o token do bot; - lê da entrada padrão',
  'the id of the chat, or @name of a public channel': 'o id do chat, ou @nome de um canal público',
  'the least urgent alerts that are sent': 'os alertas menos urgentes que são enviados',
  'the name, as alert-routes list shows it': 'o nome, como alert-routes list mostra',
  'who receives alerts when a number needs a person: Slack, Telegram, e-mail, webhooks':
    'quem é avisado quando um número precisa de uma pessoa: Slack, Telegram, e-mail, webhooks',
}
