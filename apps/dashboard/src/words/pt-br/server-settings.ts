import type { serverSettings as English } from '../en/server-settings.ts'

/** A parte dos ajustes sobre os servidores da Evolution. */
export const serverSettings: typeof English = {
  title: 'Servidores',
  lead: 'Os servidores da Evolution em que estão os seus números. Um número novo vai para o que tem menos, a menos que você escolha.',
  oneTitle: 'Todos os números estão em um servidor',
  oneMore:
    'Com um segundo servidor da Evolution, uma falha ou atualização de um só para os números dele, e os números novos vão para o mais vazio. Para começar, instale outra Evolution com um banco de dados só dela, defina ZAPFLEET_SECRET onde os processos do zapfleet iniciam e adicione aqui o endereço e a chave dessa Evolution.',
  add: 'Adicionar servidor',
  addTitle: 'Adicionar um servidor da Evolution',
  addAction: 'Adicionar',
  adding: 'Chamando o servidor…',
  added: (name) => `O servidor ${name} foi adicionado`,
  name: 'Nome',
  badName: 'De 1 a 50 letras sem acento, dígitos, _ ou -. Não muda depois.',
  isDefault: '“default” é o servidor de EVOLUTION_API_URL. Escolha outro nome.',
  url: 'Endereço',
  urlHint: 'Onde a API dele responde, por exemplo https://evolution-2.example.com.',
  badUrl: 'O endereço começa com http:// ou https://, sem usuário, “?” nem “#”.',
  sameServer: 'Um endereço novo precisa ser do mesmo servidor e ter os números dele.',
  apiKey: 'Chave',
  apiKeyHint: 'A AUTHENTICATION_API_KEY dele. Fica guardada criptografada e não aparece em lugar nenhum.',
  kept: 'Está guardada e não aparece em lugar nenhum. Vazio: continua como está.',
  badKey: 'Letras, dígitos e sinais, sem espaço nem acento.',
  change: 'Alterar',
  changeNamed: (name) => `Alterar ${name}`,
  changeTitle: (name) => `Alterar o servidor ${name}`,
  save: 'Salvar',
  saved: 'Salvo. Todos os processos passam a usar em segundos',
  taken: 'Já existe um servidor com este nome ou este endereço.',
  notThisServer: 'Este endereço não é o deste servidor, ou o servidor foi alterado nesse meio-tempo.',
  noAnswer:
    'Nenhuma Evolution responde neste endereço. Confira o endereço e se a máquina do zapfleet chega até ele.',
  refused: 'Este servidor não pode ser usado.',

  environment: 'Definido no ambiente (EVOLUTION_API_URL); só muda por lá.',
  state: {
    usable: 'Responde',
    unreachable: 'Não responde',
    unlicensed: 'A licença não está ativada',
    not_evolution: 'Outro programa responde ali',
    key_refused: 'Recusa a chave',
    key_of_one_instance: 'A chave é de uma instância só',
    database_away: 'Está sem o próprio banco de dados',
    key_sealed: 'A chave guardada não pode ser lida',
  },
  advice: {
    unreachable:
      'Confira se ele está no ar, o endereço e a rede entre os dois. Os outros servidores não são afetados. Se ele não volta mais, mude os números dele para outro servidor, ou exclua-os.',
    unlicensed: 'Abra o manager dele (/manager) no navegador e ative a licença.',
    not_evolution: 'Corrija o endereço.',
    key_refused: 'Informe a AUTHENTICATION_API_KEY dele.',
    key_of_one_instance: 'Informe a AUTHENTICATION_API_KEY do servidor.',
    database_away: 'Recupere o banco de dados dele e depois o reinicie.',
    key_sealed:
      'ZAPFLEET_SECRET não é a que foi usada para guardá-la. Volte a usar aquela, ou informe a chave do servidor de novo.',
  },
  version: (version) => `Evolution ${version}`,
  numbers: (n, text) => (n === 1 ? '1 número' : `${text} números`),
  noNumbers: 'nenhum número',
  showNumbers: (name) => `Mostrar os números de ${name}`,
  events: {
    instance_webhook: 'eventos por um webhook de cada número',
    global_webhook: 'eventos pelo webhook do servidor',
    websocket: 'eventos por WebSocket',
    report: 'eventos informados pelos seus programas',
    read_back: 'eventos lidos da Evolution',
  },
  lastEvent: (ago) => `último ${ago}`,
  noEvents: 'nenhum evento sobre mensagens em 24 horas',
  blind: (n, text) =>
    n === 1
      ? '1 número conectado envia, e nada chega sobre as mensagens dele.'
      : `${text} números conectados enviam, e nada chega sobre as mensagens deles.`,
  check: 'Verificar agora',
  checkNamed: (name) => `Verificar agora: ${name}`,
  checking: 'Verificando…',
  checked: (name, state) => `${name}: ${state}`,
  remove: 'Remover',
  removeNamed: (name) => `Remover ${name}`,
  removeTitle: (name) => `Remover o servidor ${name}?`,
  removeMore:
    'O zapfleet deixa de usá-lo, e a chave guardada é apagada. Nada muda no servidor. Um servidor que tem números não pode ser removido.',
  removed: (name) => `O servidor ${name} foi removido`,
  hasNumbers: 'Ele ainda tem números, ou um número está mudando para ele.',
}
