import type { pairing as English } from '../en/pairing.ts'

/** Adicionar um número e parear o celular. */
export const pairing: typeof English = {
  pair: {
    addTitle: 'Adicionar um número',
    addLead: 'Informe um nome. Depois leia o código com o celular.',
    pairTitle: (name) => `Conectar ${name}`,
    name: 'Nome',
    nameHint: 'Por exemplo, vendas-03. Letras sem acento, dígitos, - e _. Não muda depois.',
    namePlaceholder: 'vendas-03',
    badName: 'Só letras sem acento, dígitos, - e _, no máximo 50. Sem espaços.',
    taken: (name) => `Já existe um ${name}.`,
    pairThat: 'Conectar esse',
    phone: 'Telefone (opcional)',
    phoneHint:
      'Com DDD; de outro país, com + e o código do país. Com ele, o zapfleet avisa se o celular for outro, e você pode digitar um código em vez de ler o QR Code.',
    limits: 'Limites e prioridade',
    limitsHint: 'Padrão: 20 por hora e 100 por dia. Comece com limites baixos em um número novo.',
    create: 'Criar e mostrar o código',
    creating: 'A Evolution está criando o número e o primeiro código. Leva alguns segundos…',
    steps: [
      'Abra o WhatsApp no celular',
      'Configurações e depois Dispositivos conectados',
      'Conectar dispositivo, e aponte a câmera para cá',
    ],
    stepsTitle: 'No celular',
    android: 'No Android, Dispositivos conectados fica no menu de três pontos.',
    qrAlt: 'QR Code que conecta o celular',
    noPicture: 'A Evolution não mandou imagem: digite o código.',
    expiresIn: (seconds) => `Código novo em ${seconds} s`,
    renewing: 'Buscando um código novo…',
    codeTitle: 'Sem usar a câmera',
    codeMore:
      'Em Dispositivos conectados, toque em “Conectar dispositivo”, depois em “Conectar com número de telefone”, e digite:',
    codeNeedsPhone: 'Para receber um código de digitação, informe o telefone antes do primeiro QR Code.',
    waiting: 'Aguardando a leitura do QR Code. A página atualiza automaticamente.',
    reasons: {
      qr_pending: {
        title: 'A Evolution ainda está criando o código',
        more: 'Costuma levar alguns segundos. Se continuar assim, a Evolution pode estar sem acesso ao WhatsApp: verifique a internet do servidor.',
      },
      qr_limit_reached: {
        title: 'Nenhum código foi lido a tempo',
        more: 'A Evolution parou de criar códigos. Tenha o celular em mãos e comece de novo.',
      },
      reconnecting: {
        title: 'Ele já está vinculado a um celular e está reconectando',
        more: 'Um segundo código abriria duas sessões, por isso nenhum é mostrado. Se demorar vários minutos, verifique o celular e depois reinicie o número.',
      },
      evolution_unreachable: {
        title: 'A Evolution não responde',
        more: 'Confira o servidor, o endereço e a rede. A conexão continua automaticamente quando ela voltar.',
      },
    },
    newCode: 'Mostrar um código novo',
    interrupted: 'A conexão caiu. Tentando de novo…',
    connectedTitle: (name) => `${name} está conectado`,
    connectedMore: 'Ele já pode enviar.',
    open: 'Abrir',
    another: 'Adicionar outro',
    next: (name) => `Conectar o próximo: ${name}`,
    copy: 'Copiar código',
    copied: 'Copiado',
    done: 'Pronto',
    failedTitle: 'Não foi possível criar',
    kept: (name: string) =>
      `${name} ficou registrado aqui. Tente de novo: o que falta na Evolution é criado.`,
    pairFailedTitle: 'Não há código para mostrar',
  },
}
