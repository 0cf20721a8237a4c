/** `instances create` and `instances connect`: codes and the scan. */
export const PAIRING_PT_BR: Readonly<Record<string, string>> = {
  '--png: {0} cannot be written ({1}).': '--png: não foi possível gravar {0} ({1}).',
  '--png: {0} exists already. Name a new file: it is removed when the pairing ends.':
    '--png: {0} já existe. Informe um arquivo novo: ele é removido quando o pareamento termina.',
  'Code {0} for {1}, good for {2} s. {3}': 'Código {0} de {1}, vale por {2} s. {3}',
  'Connect it with: zapfleet instances connect {0}': 'Para conectar: zapfleet instances connect {0}',
  'Ctrl-C stops the waiting; the number stays.': 'Ctrl-C encerra a espera; o número continua criado.',
  'Evolution gave no text to draw; --png <file> saves its picture.':
    'A Evolution não enviou o texto do código; --png <arquivo> salva a imagem.',
  'Continue with: zapfleet instances connect {0}': 'Para continuar: zapfleet instances connect {0}',
  'Continue with: zapfleet instances create {0}, or, where it exists: zapfleet instances connect {1}':
    'Para continuar: zapfleet instances create {0} ou, se já existe: zapfleet instances connect {1}',
  'Have the phone ready, then: zapfleet instances connect {0}':
    'Com o celular em mãos: zapfleet instances connect {0}',
  'Making {0} on Evolution, then its first code': 'Criando {0} na Evolution e gerando o primeiro código',
  'No code was scanned within --timeout; {0} exists and is not connected.':
    'Nenhum código foi lido no prazo de --timeout; {0} existe e não está conectado.',
  'No code was scanned in time, and Evolution stopped making codes; {0} exists.':
    'Nenhum código foi lido a tempo, e a Evolution parou de gerar códigos; {0} existe.',
  'On the phone: WhatsApp > Settings > Linked devices > Link a device.':
    'No celular: WhatsApp > Configurações > Dispositivos conectados > Conectar dispositivo.',
  'Or "Link with phone number instead", and type {0}': 'Ou "Conectar com número de telefone", e digite {0}',
  'Phone: {0}': 'Telefone: {0}',
  'Phone: {0}, read from "{1}"': 'Telefone: {0}, lido de "{1}"',
  'Stopped while {0} was being made: it may exist already.':
    'Interrompido durante a criação de {0}: ele talvez já exista.',
  'The code needs a window of {0} characters; this one has {1}x{2}. Make it larger or its letters smaller, open the page below in a browser, or save the code as a picture: --png <file>.':
    'O código precisa de uma janela de {0} caracteres; esta tem {1}x{2}. Aumente a janela ou diminua a letra, abra a página abaixo no navegador ou salve o código como imagem: --png <arquivo>.',
  '{0} A fresh code is coming.': '{0} Um código novo está chegando.',
  '{0} Code {1}, good for {2} s more.': '{0} Código {1}, vale por mais {2} s.',
  '{0} The API does not answer since {1}; trying again.':
    '{0} A API não responde desde {1}; tentando de novo.',
  '{0} Waiting for the first code.': '{0} Aguardando o primeiro código.',
  '{0} exists, and is not connected yet.': '{0} existe e ainda não está conectado.',
  '{0} is connected (after {1}).': '{0} está conectado (depois de {1}).',
  '{0} is made.': '{0} foi criado.',
  '{0}: scan the code. {1}': '{0}: leia o código. {1}',
}
