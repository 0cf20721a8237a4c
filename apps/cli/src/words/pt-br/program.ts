/** What every command can print: addresses, connections, refusals, usage errors. */
export const PROGRAM_PT_BR: Readonly<Record<string, string>> = {
  ' for {0}': ' há {0}',
  ', and no other address': ', e nenhum outro endereço foi informado',
  '--key-file: {0} cannot be read ({1}).': '--key-file: não foi possível ler {0} ({1}).',
  '--key-file: {0} is empty.': '--key-file: {0} está vazio.',
  '{0} Next try in {1} s, for {2} s more.': '{0} Nova tentativa em {1} s, por mais {2} s.',
  '<address>': '<endereço>',
  'A command is missing. See: zapfleet --help': 'Falta um comando. Veja: zapfleet --help',
  'Another one: zapfleet login, ZAPFLEET_API_KEY, or --key-file <file>.':
    'Para usar outra: zapfleet login, ZAPFLEET_API_KEY ou --key-file <arquivo>.',
  'At {0}:': 'Em {0}:',
  "Close it with: chmod 600 '{0}'. If others had access to this machine, make new keys.":
    "Restrinja o acesso com: chmod 600 '{0}'. Se outras pessoas usam esta máquina, crie chaves novas.",
  'Confirm it on the command line: {0}': 'Confirme na linha de comando: {0}',
  'Did you mean {0}?': 'Você quis dizer {0}?',
  Fleet: 'Frota',
  'It failed.': 'Falhou.',
  Key: 'Chave',
  'Log in once with: zapfleet login --url {0}': 'Entre uma vez com: zapfleet login --url {0}',
  'Make it with: zapfleet login --profile {0}': 'Para criar: zapfleet login --profile {0}',
  NAME: 'NOME',
  'No answer came in time from {0}.': '{0} não respondeu a tempo.',
  'No fleet of `npm start` runs here: start it with npm start':
    'Nenhuma frota de `npm start` está rodando aqui: inicie com npm start',
  'No zapfleet answers at {0}{1}.': 'Nenhum zapfleet responde em {0}{1}.',
  'Nothing was done.': 'Nada foi feito.',
  'See: {0} --help': 'Veja: {0} --help',
  'Start one with: npm start. Another address: --url, ZAPFLEET_URL, or zapfleet login.':
    'Inicie com: npm start. Outro endereço: --url, ZAPFLEET_URL ou zapfleet login.',
  'The API does not answer; trying again.': 'A API não responde; tentando de novo.',
  'The API is back.': 'A API voltou.',
  'The doctor works where the fleet runs, in its clone.':
    'O diagnóstico roda onde a frota está, no clone dela.',
  'The key came from {0}, for {1}.': 'A chave veio de {0}, para {1}.',
  'The key from {0} is no key: it must be one word of visible ASCII characters.':
    'O que veio de {0} não é uma chave: ela é uma palavra só, sem espaços nem acentos.',
  'There are no numbers yet.': 'Ainda não há números.',
  'There is no API key for {0}{1}.': 'Não há chave da API para {0}{1}.',
  'There: npm run doctor': 'Lá: npm run doctor',
  'This needs a confirmation, and there is no terminal to type it in.':
    'É preciso confirmar, e não há terminal para isso.',
  WHEN: 'QUANDO',
  WHY: 'MOTIVO',
  'What answers at {0} is not zapfleet. Check the address and its port.':
    'O que responde em {0} não é o zapfleet. Confira o endereço e a porta.',
  'Why each number cannot serve: zapfleet why': 'Para ver por que cada número não pode enviar: zapfleet why',
  '[command]': '[comando]',
  '[options]': '[opções]',
  choices: 'opções',
  'it did not answer in time': 'não respondeu a tempo',
  'it uses http, not https': 'usa http, não https',
  'its certificate has expired': 'o certificado venceu',
  'its certificate is self-signed; name it in NODE_EXTRA_CA_CERTS to trust it':
    'o certificado é autoassinado; informe-o em NODE_EXTRA_CA_CERTS para confiar nele',
  "missing required argument '{0}'": "falta o argumento '{0}'",
  never: 'nunca',
  'nothing listens there': 'nada responde nesse endereço',
  'npm start beside it': 'npm start ao lado',
  "option '{0}' argument missing": "falta o valor da opção '{0}'",
  'or set ZAPFLEET_API_KEY, or name a file that holds the key: --key-file <file>.':
    'ou defina ZAPFLEET_API_KEY, ou informe um arquivo com a chave: --key-file <arquivo>.',
  'profile {0}': 'perfil {0}',
  "required option '{0}' not specified": "falta a opção obrigatória '{0}'",
  'the API': 'a API',
  'the connection was cut': 'a conexão foi interrompida',
  'the host name could not be looked up': 'não foi possível resolver o nome do servidor',
  'the host name does not exist': 'o nome do servidor não existe',
  'the program that listens there does not use HTTP': 'o programa que atende ali não usa HTTP',
  'there is no network': 'não há rede',
  'there is no route to the host': 'não há rota até o servidor',
  "too many arguments for '{0}'": "argumentos demais para '{0}'",
  "unknown command '{0}'": "comando desconhecido '{0}'",
  "unknown option '{0}'": "opção desconhecida '{0}'",
  yes: 'sim',
  '{0}    {1}, {2}  (from {3})': '{0}  {1}, {2}  (de {3})',
  '{0}  {1}  (from {2})': '{0}  {1}  (de {2})',
  '{0} [y/N] ': '{0} [s/N] ',
  '{0} cannot be read ({1}).': 'Não foi possível ler {0} ({1}).',
  '{0} cannot be written ({1}).': 'Não foi possível gravar {0} ({1}).',
  '{0} has another format than zapfleet login writes. Correct it, or move it away.':
    '{0} não está no formato que o zapfleet login grava. Corrija o arquivo ou tire-o do lugar.',
  '{0} holds API keys and others can read it: it is not used.':
    '{0} guarda chaves da API e outras pessoas podem lê-lo: não será usado.',
  '{0} must be an address such as {1}, and is "{2}".': '{0} deve ser um endereço como {1}, mas é "{2}".',
  '{0} must hold no user or password: the key goes in a header.':
    '{0} não pode ter usuário nem senha: a chave vai em um cabeçalho.',
  '{0}: there is no profile "{1}".': '{0}: não existe o perfil "{1}".',
}

/** What the codes of the API, and the next steps of its errors, mean. */
export const ERRORS_PT_BR: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'A chave não é válida.',
  FORBIDDEN: 'Esta chave não pode fazer isso.',
  NOT_FOUND: 'Não existe.',
  CONFLICT: 'Há um conflito com o estado da frota.',
  INVALID_INPUT: 'A entrada não está como esperado.',
  INVALID_STATE: 'Isso não é possível na situação atual.',
  NO_CAPACITY: 'Nenhum número pode enviar agora.',
  RATE_LIMITED: 'Chamadas demais com esta chave. Espere um momento.',
  OVERLOADED: 'A API está ocupada demais. Tente de novo.',
  EVOLUTION_UNREACHABLE: 'A Evolution não responde. Confira o servidor e a rede.',
  EVOLUTION_REFUSED: 'A Evolution recusou. O log dela diz por quê.',
  activate_licence:
    'A licença da Evolution não está ativada, e por isso ela recusa todos os pedidos. Ative-a no manager da Evolution (/manager) e rode o comando de novo.',
  EVOLUTION_MALFORMED: 'A resposta da Evolution não foi entendida. Confira a versão dela.',
  DATABASE_UNAVAILABLE: 'O banco de dados não responde. Tente de novo em um momento.',
  UNEXPECTED: 'Aconteceu algo inesperado. Consulte o log da API.',
}
