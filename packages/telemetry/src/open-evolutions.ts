import { DEFAULT_SERVER, type Environment, type FleetConfig, type OpenEvolution } from '@zapfleet/core'
import { createEvolution } from '@zapfleet/evolution'
import type { Registry } from 'prom-client'
import { countEvolutionCalls } from './count-work.ts'
import type { Logger } from './create-log.ts'

/**
 * The client of the default Evolution server, and how those of others are opened: their calls are counted and logged with the name of the
 * server. The caller closes the client of the default one.
 *
 * @param connections of each client; default: that of the client
 */
export function openEvolutions(
  registry: Registry,
  log: Logger,
  { evolutionApiUrl: url, evolutionApiKey: apiKey }: Pick<Environment, 'evolutionApiUrl' | 'evolutionApiKey'>,
  { connections }: { connections?: number } = {},
): Pick<FleetConfig, 'evolution'> & Required<Pick<FleetConfig, 'evolutionAt' | 'openEvolution'>> {
  const count = countEvolutionCalls(registry)
  const openEvolution: OpenEvolution = ({ name, url, apiKey }) =>
    createEvolution({
      url,
      apiKey,
      ...(connections === undefined ? {} : { connections }),
      log(call) {
        count(name, call)
        log.debug({ server: name, ...call }, 'Evolution was called')
      },
    })
  const evolution = openEvolution({ name: DEFAULT_SERVER, url, apiKey })
  return { evolution, evolutionAt: { url, apiKey }, openEvolution }
}
