/** `login`, `profiles`, `keys` and `audit`. */
export const ACCESS_PT_BR: Readonly<Record<string, string>> = {
  '"{0}" is no name for a profile: expected 1 to 50 letters, digits, -, _ or dots.':
    '"{0}" não serve como nome de perfil: use de 1 a 50 letras, dígitos, -, _ ou pontos.',
  ', until {0}': ', até {0}',
  ', which is the default,': ', que é o padrão,',
  ACT: 'AÇÃO',
  ADDRESS: 'ENDEREÇO',
  'API key for {0} (not shown): ': 'Chave da API para {0} (não aparece na tela): ',
  'Address of zapfleet [{0}]: ': 'Endereço do zapfleet [{0}]: ',
  'Asking {0}': 'Consultando {0}',
  BY: 'POR',
  DEFAULT: 'PADRÃO',
  ENDED: 'RESULTADO',
  ENDS: 'TERMINA',
  'End the key {0}? Who uses it is refused at once.':
    'Revogar a chave {0}? Quem a usa perde o acesso na hora.',
  'Give it by --key-file <file>, by --key-file - from standard input, or as ZAPFLEET_API_KEY.':
    'Informe com --key-file <arquivo>, com --key-file - pela entrada padrão ou em ZAPFLEET_API_KEY.',
  ID: 'ID',
  'It made keys that still work:': 'Ela criou chaves que ainda funcionam:',
  'It sees and uses the numbers of these pools alone: {0}': 'Ela só vê e usa os números destes pools: {0}',
  'Its secret is shown this once; keep it now:': 'O segredo só aparece esta vez; guarde agora:',
  'Kept as profile {0}{1} in {2}.': 'Salvo no perfil {0}{1} em {2}.',
  LABEL: 'RÓTULO',
  'LAST USED': 'ÚLTIMO USO',
  'Logged in to {0} as {1} ({2}).': 'Você entrou em {0} como {1} ({2}).',
  'No key was given, and there is no terminal to type it in.':
    'Nenhuma chave foi informada, e não há terminal para digitá-la.',
  POOLS: 'POOLS',
  Pools: 'Pools',
  PROFILE: 'PERFIL',
  'Profile {0} is forgotten. To end its key: zapfleet keys revoke':
    'O perfil {0} foi removido. Para revogar a chave: zapfleet keys revoke',
  ROLE: 'PAPEL',
  STATE: 'ESTADO',
  TARGET: 'ALVO',
  'That is no key: expected one word of visible ASCII characters.':
    'Isso não é uma chave: ela é uma palavra só, sem espaços nem acentos.',
  'The address': 'O endereço',
  'The address is missing: --url https://fleet.example.com':
    'Falta o endereço: --url https://fleet.example.com',
  'The audit has no entry with {0}.': 'A auditoria não tem registro com {0}.',
  'The audit is empty: no admin has changed anything yet.':
    'A auditoria está vazia: nenhum administrador alterou nada ainda.',
  'The default is {0} now: {1}': 'O padrão agora é {0}: {1}',
  'The key {0} is ended.': 'A chave {0} foi revogada.',
  'The keys that it made are ended as well:': 'As chaves que ela criou também foram revogadas:',
  'The old key ({0}) works until {1}.': 'A chave antiga ({0}) funciona até {1}.',
  'There are no profiles. Make one with: zapfleet login': 'Não há perfis. Crie um com: zapfleet login',
  'There is more: --cursor {0}': 'Há mais registros: --cursor {0}',
  'Use it with --profile {0}, or always: zapfleet profiles use {1}':
    'Use com --profile {0} ou torne-o o padrão: zapfleet profiles use {1}',
  'Warning: this address is http, so the key is sent unencrypted. Use https.':
    'Atenção: este endereço é http, e a chave viaja sem criptografia. Use https.',
  'not seen': 'não visto',
  '{0}: a key of role {1}, id {2}{3}.': '{0}: chave de papel {1}, id {2}{3}.',
}
