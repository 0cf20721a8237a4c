/** `send` and `messages`. */
export const MESSAGES_PT_BR: Readonly<Record<string, string>> = {
  '  It may have arrived. Look at the chat on the phone before you send it again.':
    '  Pode ter chegado. Veja a conversa no celular antes de enviar de novo.',
  '  not before {0}': '  não antes de {0}',
  '  tried: {0}': '  tentativas: {0}',
  '  until {0} at most': '  no máximo até {0}',
  '--caption is the text below a file: give a file too.':
    '--caption é o texto abaixo de um arquivo: informe também um arquivo.',
  '--{0}: {1} cannot be read ({2}).': '--{0}: não foi possível ler {1} ({2}).',
  '--{0}: {1} has more than 16 MiB. Give its address instead, which Evolution reads.':
    '--{0}: {1} tem mais de 16 MiB. Informe o endereço do arquivo, que a Evolution lê.',
  '--{0}: {1} is empty.': '--{0}: {1} está vazio.',
  'A message has one file: send the others by themselves.':
    'Uma mensagem tem um só arquivo: envie os outros à parte.',
  'A message is a text or a file. The text below a file is --caption.':
    'Uma mensagem é um texto ou um arquivo. O texto abaixo de um arquivo é --caption.',
  'Expected a duration of at most seven days with its unit, such as 30m, 1h or 2d.':
    'Use uma duração de até sete dias com a unidade, como 30m, 1h ou 2d.',
  'Give a text, or a file by --image, --video, --document or --audio.':
    'Informe um texto, ou um arquivo com --image, --video, --document ou --audio.',
  NUMBER: 'NÚMERO',
  REASON: 'MOTIVO',
  'Sending to {0}': 'Enviando para {0}',
  'There are no such messages.': 'Não há mensagens assim.',
  'There may be more: --before {0}': 'Pode haver mais: --before {0}',
  canceled: 'cancelada',
  delivered: 'entregue',
  'delivered {0}': 'entregue {0}',
  expired: 'fora do prazo',
  failed: 'não enviada',
  'not certain': 'incerta',
  queued: 'na fila',
  read: 'lida',
  'read {0}': 'lida {0}',
  sending: 'enviando',
  sent: 'enviada',
  'sent {0}': 'enviada {0}',
  'to {0}': 'para {0}',
  'to {0}, for {1}': 'para {0}, do contato {1}',
  'a phone number with its country code, or the JID of a group':
    'um telefone com o código do país, ou o JID de um grupo',
  'continue behind this message': 'continua depois desta mensagem',
  'do not send a message that waits': 'não envia uma mensagem que espera',
  'not before then': 'não antes deste instante',
  'one message, and what became of it': 'uma mensagem e o que foi feito dela',
  'only those by this number': 'só as deste número',
  'only those in this state': 'só as deste estado',
  'only those to this contact': 'só as para este contato',
  'send a document': 'envia um documento',
  'send a video': 'envia um vídeo',
  'send a voice message': 'envia uma mensagem de voz',
  'send an image: a path, or an address that Evolution reads':
    'envia uma imagem: um caminho, ou um endereço que a Evolution lê',
  'send one message by the number that should send it, once':
    'envia uma mensagem pelo número que deve enviá-la, uma vez',
  'the contact whose number and limits count (default: the recipient)':
    'o contato cujo número e limites valem (padrão: o destinatário)',
  'the message’s id': 'o id da mensagem',
  'the messages that zapfleet sends: what waits, and what became of the others':
    'as mensagens que o zapfleet envia: o que espera e o que foi feito das outras',
  'the newest first, with state and reason': 'as mais novas primeiro, com estado e motivo',
  'the same key and message: sent once, however often it is called':
    'a mesma chave e mensagem: enviada uma vez, por mais que se chame',
  'the text below a file': 'o texto abaixo de um arquivo',
  'the text; none with a file': 'o texto; nenhum com um arquivo',
  'try so many other numbers (default: 2)': 'tenta tantos outros números (padrão: 2)',
  'wait so long for a number, as 1h (default: now or not at all)':
    'espera até tanto por um número, como 1h (padrão: agora ou não envia)',
}
