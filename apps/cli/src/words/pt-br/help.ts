/** The help in Portuguese, by the English text. */
export const HELP_PT_BR: Readonly<Record<string, string>> = {
  'Usage:': 'Uso:',
  'Arguments:': 'Argumentos:',
  'Options:': 'Opções:',
  'Global Options:': 'Opções globais:',
  'Commands:': 'Comandos:',
  'Examples:': 'Exemplos:',
  'The fleet of WhatsApp numbers, from a terminal.': 'A frota de números de WhatsApp, pelo terminal.',
  'the version of this program': 'a versão deste programa',
  'what a command does, with examples': 'o que um comando faz, com exemplos',
  'where zapfleet answers': 'o endereço do zapfleet',
  'the file that holds the API key; - reads it from standard input':
    'o arquivo com a chave da API; - lê da entrada padrão',
  'the profile to use': 'o perfil a usar',
  'data as JSON on stdout, errors as JSON on stderr':
    'dados em JSON na saída padrão, erros em JSON na saída de erros',
  'no colours': 'sem cores',
  'while zapfleet does not answer, try again for so long':
    'enquanto o zapfleet não responde, tenta de novo por esse tempo',
  'all numbers, live; q quits. Without a terminal: one line for each change':
    'todos os números, ao vivo; q sai. Sem terminal: uma linha por mudança',
  'the numbers: add, view, change, remove': 'os números: adicionar, ver, alterar, remover',
  'all numbers, with what they sent in this hour and today':
    'todos os números, com o que enviaram nesta hora e hoje',
  'only those with this status': 'só os que têm este status',
  'attention: those that need a person first (default: attention)':
    'attention: primeiro os que precisam de alguém (padrão: attention)',
  'the other way round': 'na ordem inversa',
  'only those that could serve now': 'só os que podem enviar agora',
  'one number: how it is, what it sent, and what to do': 'um número: como está, o que enviou e o que fazer',
  'the number’s name': 'o nome do número',
  'add a number: make it, show its QR code, wait until the phone has scanned':
    'adiciona um número: cria, mostra o QR Code e espera o celular ler',
  '1 to 50 letters, digits, - or _; it is for good': 'de 1 a 50 letras, dígitos, - ou _; não muda depois',
  'its phone, as +5511987654321 or as you write it in your country: then a wrong one is noticed':
    'o telefone, como +5511987654321 ou como se escreve no país; assim um celular errado é percebido',
  'at most so many messages in each clock hour': 'máximo de mensagens por hora cheia',
  'at most so many messages in each day': 'máximo de mensagens por dia',
  '1 to 100, higher is preferred': 'de 1 a 100, o maior tem preferência',
  'wait for the scan at most so long': 'tempo máximo de espera pela leitura',
  'keep the present code as a picture in this new file':
    'grava o código atual como imagem neste arquivo novo',
  'without colours, on a light terminal: draw the code dark on light':
    'sem cores, em terminal claro: desenha o código escuro sobre claro',
  'only make it; connect it later': 'só cria; conecte depois',
  'connect a number’s phone: show its QR code, wait until the phone has scanned':
    'conecta o celular de um número: mostra o QR Code e espera a leitura',
  'as for create; with it there is a code to type as well':
    'como em create; com ele há também um código para digitar',
  'change a number’s phone, limits, hours, priority or tags, or let it drain':
    'altera telefone, limites, horário, prioridade ou etiquetas de um número, ou deixa de dar contatos novos a ele',
  'at most so many new people in each clock hour; none: no limit':
    'máximo de pessoas novas por hora cheia; none: sem limite',
  'at most so many new people in each day; none: no limit':
    'máximo de pessoas novas por dia; none: sem limite',
  'shortest time between two messages, as 20s; none: no gap':
    'tempo mínimo entre duas mensagens, como 20s; none: sem intervalo',
  'the daily limit grows from day to day, as 10:100:21; none: no ramp':
    'o limite do dia cresce dia a dia, como 10:100:21; none: sem rampa',
  'when it sends, as "mon-fri 08:00-20:00; sat 09:00-13:00"; replies at any time; none: always':
    'quando ele envia, como "seg-sex 08:00-20:00; sáb 09:00-13:00"; respostas saem a qualquer hora; none: sempre',
  'a seat in the near future is fine, where the number has a gap between messages; as 30s':
    'aceita um envio daqui a pouco, se o número tem intervalo entre mensagens; como 30s',
  'the registered phone, as +5511987654321 or as you write it in your country':
    'o telefone cadastrado, como +5511987654321 ou como se escreve no país',
  'forget the registered phone': 'remove o telefone cadastrado',
  'it serves only the contacts that know it, and gets no new ones':
    'atende só os contatos que já o conhecem e não recebe novos',
  'it gets new contacts again': 'volta a receber contatos novos',
  'numbers stay connected and do not send': 'os números continuam conectados e não enviam',
  'the numbers’ names': 'os nomes dos números',
  'the reason, for other operators': 'o motivo, para os outros operadores',
  'paused numbers serve again': 'números pausados voltam a enviar',
  'WhatsApp lets the number write only to people who know it, as its phone shows':
    'o WhatsApp só deixa o número escrever para quem já o conhece, como mostra o celular',
  'the end that the phone shows (default: no end known)':
    'o fim que o celular mostra (padrão: sem fim conhecido)',
  'WhatsApp restricts the number no more': 'o WhatsApp não restringe mais o número',
  'restart the connection of a number; no scan is needed':
    'reinicia a conexão de um número; não precisa ler código',
  'skip the confirmation': 'não pergunta',
  'unlink a number’s phone; the number stays, and waits for a scan':
    'desconecta o celular de um número; o número fica e espera a leitura',
  'remove a number, here and on Evolution; its history is kept':
    'exclui um número, aqui e na Evolution; o histórico é mantido',
  'adopt every number that Evolution has and zapfleet has not':
    'adota os números que existem na Evolution e não no zapfleet',
  'only print what it would do': 'só mostra o que seria feito',
  'when a number’s status, or its limit by a ramp, changed, and why; newest first':
    'quando o status de um número, ou o limite da rampa, mudou e por quê; do mais recente',
  'the number’s name; also of one that was deleted': 'o nome do número; também de um que foi excluído',
  'at most so many, up to 200 (default: 20)': 'quantidade máxima, até 200 (padrão: 20)',
  'which number serves a contact now, and for each other why not; changes nothing':
    'qual número atende um contato agora, e por que não os outros; não altera nada',
  'who the message would be for': 'para quem seria a mensagem',
  'how to choose (default: sticky)': 'como escolher (padrão: sticky)',
  'names not to use; with commas, or several times':
    'nomes que não devem ser usados; com vírgulas ou várias vezes',
  'the number that would serve now; keeps it for the contact, counts nothing':
    'o número que enviaria agora; guarda para o contato, não conta nada',
  'who the message is for': 'para quem é a mensagem',
  'a number for one message, counted at once': 'um número para uma mensagem, contada na hora',
  'when the contact’s own number cannot serve (default: move)':
    'quando o número do contato não pode enviar (padrão: move)',
  'the same key and input within 24 hours: the same reservation, counted once':
    'mesma chave e entrada em 24 horas: a mesma reserva, contada uma vez',
  'confirm that a reserved message was sent': 'informa que a mensagem reservada foi enviada',
  'the reservation’s id': 'o id da reserva',
  'give a reserved seat back: the message was surely not sent':
    'devolve a reserva: a mensagem com certeza não foi enviada',
  'which number a person is used to, their ids and their rights':
    'o número de sempre de uma pessoa, seus ids e seus direitos',
  'the number that writes to a contact': 'o número de que uma pessoa recebe',
  'the person’s id': 'o id da pessoa',
  'give a person a number, from the next message on':
    'define o número de uma pessoa, a partir da próxima mensagem',
  'take a person’s number away: the next message chooses':
    'remove o número de uma pessoa: a próxima mensagem escolhe',
  'a person opted out: no message is sent to them':
    'a pessoa pediu para não receber: nenhuma mensagem é enviada a ela',
  'why, in up to 200 characters': 'por quê, em até 200 caracteres',
  'a person may be written to again': 'a pessoa pode voltar a receber mensagens',
  'another id of the same person': 'outro id da mesma pessoa',
  'two ids are one person: one number, one conversation, one block':
    'dois ids são uma pessoa só: um número, uma conversa, um bloqueio',
  'two ids are two people; for both forms of a Brazilian number this is for ever':
    'dois ids são duas pessoas; para as duas formas de um número do Brasil, para sempre',
  'everything that is stored of a person, under all ids, as JSON':
    'tudo o que está guardado de uma pessoa, com todos os ids, em JSON',
  'write to a new file that only you may read': 'grava em um arquivo novo que só você pode ler',
  'remove a person from every table; counters and a block stay':
    'apaga uma pessoa de todas as tabelas; os contadores e o bloqueio ficam',
  'the status of the numbers at their last check; exit code 12 when none is online':
    'o status dos números na última verificação; código de saída 12 se nenhum está online',
  'one number only': 'só um número',
  'check on Evolution now': 'verifica na Evolution agora',
  'the fleet in figures: what was sent, and what room is left':
    'a frota em números: o que foi enviado e quanto resta',
  'check everything that the fleet depends on, where it runs, also while the API is down':
    'o que sustenta a frota e o que há de errado; onde ela roda, também com a API fora do ar',
  'who may call: keys of bots, viewers and admins':
    'quem pode chamar: chaves de bots, de consulta e de administrador',
  'all keys and their ends; never the secrets': 'todas as chaves e quando terminam; nunca os segredos',
  'make a key; its secret is shown this once, on stdout':
    'cria uma chave; o segredo só aparece esta vez, na saída padrão',
  'what it is for, in up to 80 characters': 'para que serve, em até 80 caracteres',
  'what it may do': 'o que ela pode fazer',
  'it sees and uses the numbers with these tags alone, separated by commas':
    'ela só vê e usa os números com estas etiquetas, separadas por vírgulas',
  'when it ends, as 2027-12-31 or 2027-12-31T12:00:00Z':
    'quando termina, como 2027-12-31 ou 2027-12-31T12:00:00Z',
  'make a key that takes over from another, which ends after a grace':
    'cria uma chave no lugar de outra, que termina após um prazo',
  'the key’s id, as keys list shows it': 'o id da chave, como keys list mostra',
  'so long the old one still works': 'por quanto tempo a antiga ainda funciona',
  'end a key at once': 'revoga uma chave na hora',
  'end the keys that it made as well': 'revoga também as chaves que ela criou',
  'what admins did: when, by which key, to what, and how it ended; newest first':
    'o que os administradores fizeram: quando, com qual chave, em quê e o resultado; do mais recente',
  'only this, such as instance.delete, or a kind, such as key':
    'só isto, como instance.delete, ou um tipo, como key',
  'only what was done to this number, contact or key': 'só o que foi feito neste número, contato ou chave',
  'only what was done by this key': 'só o que foi feito com esta chave',
  'only what ended so': 'só o que teve este resultado',
  'from then on, as 2026-11-25': 'a partir de então, como 2026-11-25',
  'until then': 'até então',
  'at most so many, up to 200 (default: 50)': 'quantidade máxima, até 200 (padrão: 50)',
  'continue where a page ended': 'continua de onde uma página parou',
  'keep a fleet’s address and key in a profile, for this user only':
    'guarda endereço e chave de uma frota em um perfil, só para este usuário',
  'which fleet is called, by which key, and where both came from':
    'qual frota e qual chave são usadas, e de onde vieram',
  'the fleets that you have logged in to': 'as frotas em que você entrou',
  'all profiles, without their keys': 'todos os perfis, sem as chaves',
  'make a profile the default': 'torna um perfil o padrão',
  'its name': 'o nome dele',
  'remove a profile and its key; the key itself stays valid':
    'remove um perfil e sua chave daqui; a chave continua funcionando',
  'open the page in a browser; prints its address': 'abre a página no navegador; mostra o endereço',
  'the page of this number': 'a página deste número',
  'print a script that completes commands and options in your shell':
    'mostra um script que completa comandos e opções no shell',
  'Shell type for completion script': 'o shell do script',
  'Generate completion suggestions': 'gera sugestões para o shell',
  'help of a command': 'ajuda de um comando',
  'display help for command': 'mostra a ajuda de um comando',
  "Exit codes:\n  0  done                                 7  unreachable, or not zapfleet\n  1  failed unexpectedly                  8  zapfleet is busy: try again\n  2  wrong usage or input                 9  Evolution is away or refused\n  3  not found                           10  done, not yet seen on Evolution\n  4  conflict with the fleet's state     11  pairing ended, not connected\n  5  no number can serve now             12  health: no number is online\n  6  no key, wrong key, or not allowed  130  interrupted, or answered no":
    'Códigos de saída:\n  0  feito                                7  não responde, ou não é o zapfleet\n  1  falha inesperada                     8  zapfleet ocupado: tente de novo\n  2  uso ou entrada incorretos            9  Evolution fora do ar ou recusou\n  3  não encontrado                      10  feito, sem confirmação da Evolution\n  4  conflito com o estado da frota      11  pareamento terminou sem conectar\n  5  nenhum número pode enviar agora     12  health: nenhum número online\n  6  sem chave, errada ou sem permissão 130  interrompido, ou resposta não',
  'Which fleet, and by which key: each from the first of\n  the flags; --profile; ZAPFLEET_URL and ZAPFLEET_API_KEY; the default profile\n  (zapfleet login); npm start beside it (.zapfleet, or ADMIN_API_KEY in .env).\n  See what is used with: zapfleet whoami':
    'Qual frota e qual chave: cada uma vem do primeiro destes\n  as opções; --profile; ZAPFLEET_URL e ZAPFLEET_API_KEY; o perfil padrão\n  (zapfleet login); npm start ao lado (.zapfleet, ou ADMIN_API_KEY no .env).\n  Para ver o que é usado: zapfleet whoami',
  '\nThe key is typed at a prompt that does not show it, or read from a file\n(--key-file <file>) or from standard input (--key-file -).':
    '\nA chave é digitada sem aparecer na tela, ou lida de um arquivo\n(--key-file <arquivo>) ou da entrada padrão (--key-file -).',
}
