import type { alerts as English } from '../en/alerts.ts'

/** Alertas. */
export const alerts: typeof English = {
  title: 'Alertas',
  lead: (n) => `Abertos agora: ${n}. Os mais urgentes primeiro.`,
  reading: 'Carregando os alertas…',
  failedTitle: 'Não foi possível carregar os alertas',
  emptyTitle: 'Nenhum alerta aberto',
  emptyMore:
    'O zapfleet verifica números, entrega e Evolution o tempo todo e abre um alerta quando algo precisa de uma pessoa. Uma rota de alerta avisa sua equipe no Slack, no Telegram ou por e-mail.',
  toRoutes: 'Rotas de alerta nos ajustes',
  severity: { critical: 'Crítico', warning: 'Aviso', info: 'Informação' },
  openFor: (time) => `aberto há ${time}`,
  sentBy: (names) => `Enviado por: ${names}`,
  notSent: 'Nenhuma rota de alerta enviou.',
  toNumber: (name) => `Abrir ${name}`,
  explains: (n) => `Explica outros alertas: ${n}`,
  history: 'Histórico',
  historyMore: 'Alertas que já terminaram. Ficam guardados por 400 dias.',
  noHistory: 'Nenhum alerta terminou ainda.',
  lasted: (when, time) => `aberto ${when}, durou ${time}`,
  more: 'Mostrar mais',
}
