import type { EvolutionInstance } from '@zapfleet/evolution'

/**
 * Whether an instance pairs with a phone. Those of other integrations read `open` at once, also with false credentials, and
 * answer 201 to texts that are not delivered. Version 1 reports no integration and has no other.
 */
export function hasPhone({ integration }: Pick<EvolutionInstance, 'integration'>): boolean {
  return integration === null || integration === 'WHATSAPP-BAILEYS'
}

/** Why an instance without a phone is not managed, as a sentence without its subject. */
export function phonelessProblem({ integration }: Pick<EvolutionInstance, 'integration'>): string {
  return `its integration is ${integration}, not WHATSAPP-BAILEYS: it has no phone and always reads "open"`
}
