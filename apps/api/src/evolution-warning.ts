import type { EvolutionProblem } from '@zapfleet/core'

/** For the log of a start: why Evolution at `origin` cannot be used, and what to do. */
export function evolutionWarning(problem: EvolutionProblem, origin: string): string {
  switch (problem) {
    case 'unreachable':
      return `Evolution does not answer at ${origin}: no number can be paired and no status is read. Start it, or correct EVOLUTION_API_URL.`
    case 'not_evolution':
      return `The program that answers at ${origin} is no Evolution API. EVOLUTION_API_URL must be the address of the Evolution server, with the path that a proxy in front of it needs.`
    case 'key_refused':
      return `Evolution at ${origin} refuses EVOLUTION_API_KEY (401). It must be the server's AUTHENTICATION_API_KEY.`
    case 'database_away':
      return `Evolution answers at ${origin}, and its own database does not (500). Get its PostgreSQL back, then restart Evolution: it loses the events of the time between, so a number that was logged out meanwhile reads as connected until then.`
    case 'key_of_one_instance':
      return "EVOLUTION_API_KEY is the token of one instance and opens that instance only. All others look missing on Evolution: do not delete them. Set EVOLUTION_API_KEY to the server's AUTHENTICATION_API_KEY."
  }
}
