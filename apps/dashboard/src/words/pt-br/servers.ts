import type { servers as English } from '../en/servers.ts'

/** Vários servidores da Evolution: os números em cada um e a mudança de um para outro. */
export const servers: typeof English = {
  servers: {
    label: 'Servidor',
    hint: 'O servidor da Evolution em que o número é criado. Depois dá para mudá-lo para outro.',
    emptiest: 'Automático: o que tem menos números',
    option: (name, n, text) => `${name} (${n === 1 ? '1 número' : `${text} números`})`,
    optionAway: (name) => `${name} (não responde)`,
    optionUnusable: (name) => `${name} (indisponível agora)`,
    filter: 'Filtrar por servidor',
    all: 'Todos os servidores',
    one: (server, n) => `${server} (${n})`,
    only: (server) => `Números no servidor ${server} e os que estão mudando para ele`,

    move: 'Mudar de servidor',
    moveTitle: (name) => `Mudar ${name} de servidor`,
    moveLead: (name, from) =>
      `${name} é criado no outro servidor e você lê um QR Code com o celular dele. Até a leitura, ${from} continua atendendo o número. Contadores, contatos e ajustes são mantidos.`,
    target: 'Novo servidor',
    begin: 'Mostrar QR Code',
    creating: (server) => `${server} está criando o número e o primeiro código. Leva alguns segundos…`,
    notMoved: 'O número ainda não mudou.',
    moveConflict: 'O número não pode mudar para lá agora.',
    targetAway: (to, from) => `${to} não responde. O número continua em ${from}.`,
    wasCancelled: 'A mudança foi cancelada.',

    movingMark: (to) => `Mudando para ${to}`,
    movingTitle: (name, to) => `Mudar ${name} para ${to}`,
    stillServes: (from, to) =>
      `Leia o código para conectar o celular a ${to}. Até lá, ${from} continua atendendo o número.`,
    continue: 'Continuar: mostrar QR Code',
    later: 'Continuar depois',
    cancelMove: 'Cancelar a mudança',
    cancelled: (name, server) => `Mudança cancelada: ${name} continua em ${server}`,
    recording: {
      title: 'O código foi lido',
      more: 'O novo servidor está registrando o celular. Leva alguns segundos.',
    },
    away: (server) => `${server} não responde`,
    awayMore: (from) =>
      `Confira esse servidor e a rede. A mudança continua automaticamente quando ele voltar. Enquanto isso, ${from} atende o número.`,
    movedTitle: (name, server) => `${name} está em ${server}`,
    movedMore: 'Agora ele envia por lá. O servidor anterior o exclui em dois minutos.',

    troubles: {
      away: {
        title: (n, names) =>
          n === 1 ? `O servidor ${names} não responde.` : `Estes servidores não respondem: ${names}.`,
        more: 'Não dá para ler o status dos números que estão ali, e nenhum deles pode ser conectado. Os outros servidores não são afetados. Confira se a Evolution está no ar, o endereço e a rede.',
      },
      unlicensed: {
        title: (n, names) =>
          n === 1
            ? `A licença do servidor ${names} não está ativada.`
            : `As licenças destes servidores não estão ativadas: ${names}.`,
        more: 'A Evolution recusa todos os pedidos ali: os números que estão nela não enviam nada. Abra o manager dela (/manager) no navegador e ative a licença.',
      },
      databaseAway: {
        title: (n, names) =>
          n === 1
            ? `O servidor ${names} está sem o próprio banco de dados.`
            : `Estes servidores estão sem o próprio banco de dados: ${names}.`,
        more: 'A Evolution perde o que acontece ali nesse meio-tempo: um número que saiu continua aparecendo como conectado. Recupere o banco e depois reinicie a Evolution.',
      },
      unusable: {
        title: (n, names) =>
          n === 1
            ? `O servidor ${names} não pode ser usado.`
            : `Estes servidores não podem ser usados: ${names}.`,
        more: 'O endereço ou a chave não é aceito, e não dá para ler o status dos números que estão ali. Em Ajustes, Servidores, aparece o motivo.',
      },
    },
  },
}
