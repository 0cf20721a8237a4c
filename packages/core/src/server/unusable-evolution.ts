import { type Evolution, EvolutionError } from '@zapfleet/evolution'

/** The client of a server that cannot be called. Each call is refused as by a wrong key, with these words. */
export function unusableEvolution(words: string): Evolution {
  const refuse = (call: string) => async (): Promise<never> => {
    throw new EvolutionError({
      code: 'EVOLUTION_REFUSED',
      refusal: 'unauthorized',
      call,
      message: words,
      words,
      maybeActed: false,
    })
  }
  const client: Evolution = {
    create: refuse('create'),
    connect: refuse('connect'),
    connectionState: refuse('connectionState'),
    fetchInstances: refuse('fetchInstances'),
    restart: refuse('restart'),
    logout: refuse('logout'),
    delete: refuse('delete'),
    setWebhook: refuse('setWebhook'),
    findWebhook: refuse('findWebhook'),
    whatsappNumbers: refuse('whatsappNumbers'),
    findStatuses: refuse('findStatuses'),
    version: refuse('version'),
    send: async () => ({ sent: 'no', why: 'unlicensed', elsewhere: true, words }),
    forRequest: () => client,
    close: async () => {},
  }
  return client
}
