/** `servers`, and `instances move`. */
export const SERVERS_PT_BR: Readonly<Record<string, string>> = {
  'AUTHENTICATION_API_KEY of {0} (not shown): ': 'AUTHENTICATION_API_KEY de {0} (não aparece): ',
  'Activate its licence in its manager (/manager).': 'Ative a licença no manager dele (/manager).',
  Address: 'Endereço',
  'Adopt the numbers that it has: zapfleet instances import':
    'Para adotar os números que ele tem: zapfleet instances import',
  'Calling the servers': 'Chamando os servidores',
  'Calling {0}': 'Chamando {0}',
  'Check its database.': 'Confira o banco de dados dele.',
  'Check that it runs, its address and the network. Only its own numbers wait for it. If it is gone for good, move its numbers to another server, or delete them.':
    'Confira se ele está no ar, o endereço e a rede. Só os números dele esperam por ele. Se ele não volta mais, mude os números dele para outro servidor, ou exclua-os.',
  'Continue with: zapfleet instances move {0} --server {1}':
    'Para continuar: zapfleet instances move {0} --server {1}',
  'Correct EVOLUTION_API_URL, and restart zapfleet.': 'Corrija EVOLUTION_API_URL e reinicie o zapfleet.',
  'Correct its address: zapfleet servers update {0} <address>':
    'Corrija o endereço: zapfleet servers update {0} <endereço>',
  Events: 'Eventos',
  'Expected at least one server.': 'Informe ao menos um servidor.',
  'Expected one of --server <name> and --cancel.': 'Informe --server <nome> ou --cancel, um dos dois.',
  'Expected the key of the server, which is no argument.':
    'Falta a chave do servidor, que não pode ser um argumento.',
  'Give it up with: zapfleet instances move {0} --cancel':
    'Para desistir: zapfleet instances move {0} --cancel',
  'Give its AUTHENTICATION_API_KEY: zapfleet servers update {0} --new-key':
    'Informe a AUTHENTICATION_API_KEY dele: zapfleet servers update {0} --new-key',
  'Last event': 'Últ. evento',
  'Making {0} on {1}, then its first code': 'Criando {0} em {1} e gerando o primeiro código',
  'No code was scanned in time, and Evolution stopped making codes; {0} serves {1} as before.':
    'Nenhum código foi lido a tempo, e a Evolution parou de gerar códigos; {0} continua atendendo {1}.',
  'No code was scanned within --timeout; {0} serves {1} as before.':
    'Nenhum código foi lido no prazo de --timeout; {0} continua atendendo {1}.',
  'No number is on a server named "{0}".': 'Nenhum número está em um servidor chamado "{0}".',
  Numbers: 'Números',
  'Remove the server {0}? zapfleet forgets its address and key.':
    'Remover o servidor {0}? O zapfleet esquece o endereço e a chave dele.',
  SERVER: 'SERVIDOR',
  Server: 'Servidor',
  'Set EVOLUTION_API_KEY to its AUTHENTICATION_API_KEY, and restart zapfleet.':
    'Defina EVOLUTION_API_KEY com a AUTHENTICATION_API_KEY dele e reinicie o zapfleet.',
  State: 'Estado',
  'Stopped while the move of {0} began: it may be under way.':
    'Interrompido no início da mudança de {0}: ela talvez já tenha começado.',
  'The move of {0} is cancelled. {1} serves it.': 'A mudança de {0} foi cancelada. {1} atende o número.',
  'The option --url is the address of zapfleet.': 'A opção --url é o endereço do zapfleet.',
  'The server {0} could not be read, so its numbers are not in this report: {1}':
    'Não foi possível ler o servidor {0}, e por isso os números dele não estão neste relatório: {1}',
  'The server {0} is added. New numbers go to the server with the fewest.':
    'O servidor {0} foi adicionado. Números novos vão para o servidor que tem menos.',
  'The server {0} is changed.': 'O servidor {0} foi alterado.',
  'The server {0} is removed.': 'O servidor {0} foi removido.',
  'The servers that have numbers are {0}.': 'Os servidores com números são {0}.',
  'There is nothing to change: give its new address after the name, --new-key or --server-key-file.':
    'Não há nada para alterar: informe o novo endereço depois do nome, --new-key ou --server-key-file.',
  VERSION: 'VERSÃO',
  Version: 'Versão',
  'What to do: zapfleet servers check {0}': 'O que fazer: zapfleet servers check {0}',
  Without: 'Sem eventos',
  'ZAPFLEET_SECRET is missing or another one. Set the former one, or give the key anew: zapfleet servers update {0} --new-key':
    'ZAPFLEET_SECRET falta ou é outro. Defina o anterior, ou informe a chave de novo: zapfleet servers update {0} --new-key',
  'another program answers': 'outro programa responde',
  answers: 'responde',
  'does not answer': 'não responde',
  'does not reach its own database': 'não alcança o próprio banco de dados',
  'global webhook': 'webhook global',
  'its licence is not activated': 'a licença não está ativada',
  'its stored key cannot be decrypted': 'não foi possível decifrar a chave guardada',
  'none in 24 hours': 'nenhum em 24 horas',
  'only those on one of these servers, or that move to it':
    'só os que estão em um destes servidores, ou mudam para ele',
  'read back': 'lidos depois',
  'refuses the key': 'recusa a chave',
  'reported by a bot': 'informados por um bot',
  'the key opens one number only': 'a chave abre um número só',
  'webhook of each number': 'webhook de cada número',
  websocket: 'websocket',
  '{0} deletes it two minutes from now, or when it answers again.':
    '{0} exclui o número daqui a dois minutos, ou quando voltar a responder.',
  '{0} does not move to another server.': '{0} não está mudando de servidor.',
  '{0} is on {1} too. {2} serves it until its phone has scanned.':
    '{0} também está em {1}. {2} atende o número até o celular ler o código.',
  '{0} moves to {1} as soon as its phone scans there; {2} serves it until then.':
    '{0} muda para {1} assim que o celular ler o código lá; {2} atende o número até então.',
  '{0} serves {1} (after {2}).': '{0} atende {1} (depois de {2}).',
  '{0}, {1} without': '{0}, {1} sem',
  'all of them: whether each answers, its numbers, its events; never the keys':
    'todos: se cada um responde, os números e os eventos dele; nunca as chaves',
  'call a server now, and print how it is and what to do':
    'chama um servidor agora e mostra como está e o que fazer',
  'change address or key of a server; what is not given stays':
    'altera o endereço ou a chave de um servidor; o que não é informado fica como está',
  'forget a server that has no numbers; on the server nothing changes':
    'esquece um servidor que não tem números; no servidor nada muda',
  'give up a move whose phone has not scanned yet':
    'desiste de uma mudança em que o celular ainda não leu o código',
  'move a number to another Evolution server: its phone scans a code there':
    'muda um número para outro servidor da Evolution: o celular lê um código lá',
  'the Evolution server (default: the one with the fewest numbers)':
    'o servidor da Evolution (padrão: o que tem menos números)',
  'the Evolution servers, where the numbers are spread over several':
    'os servidores da Evolution, quando os números estão em vários',
  'the file with its AUTHENTICATION_API_KEY; - reads it from standard input':
    'o arquivo com a AUTHENTICATION_API_KEY dele; - lê da entrada padrão',
  'the name, as servers list shows it': 'o nome, como servers list mostra',
  'the server that is to have it, as servers list shows it':
    'o servidor que vai ter o número, como servers list mostra',
  'type its new key, which is not shown': 'digita a chave nova, que não aparece',
  'use one more Evolution server; its key is read from a file or typed unseen':
    'usa mais um servidor da Evolution; a chave é lida de um arquivo ou digitada sem aparecer',
  'where it answers now; it must be the same server': 'onde ele responde agora; deve ser o mesmo servidor',
  'where this Evolution answers': 'onde esta Evolution responde',
}
