import type { StatusReason } from '@zapfleet/client'
import type { AdviceCode } from './advice-code.ts'

/** Why a number has its status, in a few words, by the API's code. */
export const STATUS_REASONS_PT_BR: Readonly<Record<StatusReason, string>> = {
  NEVER_CONNECTED: 'nunca foi conectado a um celular',
  WAITING_FOR_SCAN: 'aguardando a leitura do QR Code',
  QR_LIMIT_REACHED: 'nenhum código foi lido a tempo',
  NO_QR_CODE: 'o WhatsApp não fornece o QR Code',
  RECONNECTING: 'reconectando',
  RECONNECTING_TOO_LONG: 'reconectando há mais de 5 minutos',
  FLAPPING: 'cai e volta repetidamente',
  REPLACED: 'duas conexões se derrubam o tempo todo',
  CLOSED: 'desconectado; a Evolution não informa o motivo',
  LOGGED_OUT: 'sessão encerrada',
  LOGGED_OUT_BY_PHONE: 'o celular removeu este aparelho',
  LOGIN_REFUSED: 'o WhatsApp recusou o login',
  WRONG_PHONE: 'outro celular está conectado',
  NOT_ON_EVOLUTION: 'não existe na Evolution',
  BANNED: 'bloqueado pelo WhatsApp',
  EVOLUTION_UNREACHABLE: 'a Evolution não responde',
  EVOLUTION_UNLICENSED: 'a licença da Evolution não está ativada',
  EVOLUTION_REFUSES_KEY: 'a Evolution recusa a chave da API',
  EVOLUTION_UNCLEAR: 'resposta da Evolution não entendida',
}

/** What an operator does next; the sentence of `DUPLICATE_PHONE` holds a name. */
export const ACTIONS_PT_BR: Readonly<Record<Exclude<AdviceCode, 'DUPLICATE_PHONE'>, string>> = {
  NEVER_CONNECTED: 'Leia o QR Code com o celular.',
  WAITING_FOR_SCAN: 'Leia o QR Code com o celular.',
  QR_LIMIT_REACHED: 'Com o celular em mãos, gere um código novo e faça a leitura.',
  NO_QR_CODE:
    'Se outros números estão conectados, atualize a Evolution: o WhatsApp recusa a versão dela. Senão, confira a internet da Evolution.',
  RECONNECTING: 'Aguarde: ele reconecta automaticamente. Se demorar vários minutos, verifique o celular.',
  RECONNECTING_TOO_LONG:
    'Verifique o celular e a internet dele, depois a Evolution. Se estiver tudo certo, reinicie o número.',
  FLAPPING: 'Confira a internet da Evolution e do celular, e se outro programa usa o mesmo número.',
  REPLACED:
    'Encerre a sessão aqui e leia o código de novo. Se outra Evolution usa o mesmo banco de dados, pare-a antes.',
  CLOSED: 'Espere um minuto e leia o código de novo.',
  LOGGED_OUT: 'Para voltar a usá-lo, leia o código de novo.',
  LOGGED_OUT_BY_PHONE: 'Leia o código de novo.',
  LOGIN_REFUSED: 'Leia o código de novo.',
  WRONG_PHONE: 'Encerre a sessão e leia com o celular certo, ou corrija o telefone aqui.',
  NOT_ON_EVOLUTION: 'Adicione-o de novo com o mesmo nome, ou exclua-o aqui.',
  BANNED: 'Peça revisão no WhatsApp e use outro número. Se liberarem, leia o código de novo.',
  EVOLUTION_UNREACHABLE: 'Confira o servidor da Evolution, o endereço e a rede.',
  EVOLUTION_UNLICENSED: 'Abra o manager da Evolution (/manager) no navegador e ative a licença.',
  EVOLUTION_REFUSES_KEY: 'Confira a chave do servidor dele (EVOLUTION_API_KEY, ou a do servidor adicionado).',
  EVOLUTION_UNCLEAR: 'Veja o log e a versão da Evolution.',
  PAUSED: 'Está pausado. Retome para voltar a enviar.',
  SENDS_REFUSED:
    'Aparece como conectado, mas a Evolution recusa as mensagens dele por falta de conexão. Reinicie-o; se não resolver, verifique o celular e a internet. Ele volta sozinho quando um teste da conexão é respondido.',
  NO_RECEIPTS:
    'Ele envia, mas nenhuma confirmação chega: as mensagens provavelmente não são entregues. Envie uma para um celular seu por ele; se não chegar, reinicie-o. Uma confirmação basta para ele voltar.',
  RESTRICTED:
    'O WhatsApp só deixa este número escrever para quem já o conhece; contatos novos vão para outros números. Veja o aviso no celular e registre aqui até quando vale.',
}
