import {
  DEFAULT_SERVER,
  diagnoseWebhooks,
  type Environment,
  openServerKey,
  type RegistryDiagnosis,
  sealerOf,
  webhookUrl,
} from '@zapfleet/core'
import { type Evolution, EvolutionError } from '@zapfleet/evolution'
import { checkEvolution, withEvolution } from './check-evolution.ts'
import { type Finding, fail, skip, some } from './finding.ts'
import { judgeEvolution, judgeInstances, judgeKey, type ServerNames } from './judge/evolution.ts'
import { judgeOwners } from './judge/running.ts'
import { wordsFor } from './judge/server-words.ts'

type AddedServer = RegistryDiagnosis['servers']['added'][number]

/** Examines the Evolution servers beside the default one; nothing is found where there is none. */
export async function examineServers(
  environment: Environment,
  registry: RegistryDiagnosis,
): Promise<Finding[]> {
  const unknown = judgeUnknown(registry)
  const findings = await Promise.all(
    registry.servers.added.map((server) => examineServer(environment, registry, server)),
  )
  return [...(unknown === null ? [] : [unknown]), ...findings.flat()]
}

/** The names of the instances of a server. */
export function namesOn({ instances, servers }: RegistryDiagnosis, server: string): ServerNames {
  const on = (all: readonly { name: string; server: string }[]) =>
    all.filter((one) => one.server === server).map(({ name }) => name)
  return { registered: on(instances), removals: on(servers.removals), moves: on(servers.moves) }
}

/** Numbers on servers that are not registered: nothing calls their Evolution. */
function judgeUnknown({ instances, servers }: RegistryDiagnosis): Finding | null {
  const known = new Set([DEFAULT_SERVER, ...servers.added.map(({ name }) => name)])
  const lost = new Map<string, string[]>()
  for (const { name, server } of instances)
    if (!known.has(server)) lost.set(server, [...(lost.get(server) ?? []), name])
  if (lost.size === 0) return null
  const found = [...lost].map(([server, names]) => `${server} (${some(names)})`)
  return fail(
    'servers',
    `numbers are on Evolution servers that are not registered: ${found.join(', ')}`,
    'Add each server again under this name with server.add, or delete its numbers here. Until then they read unknown and send nothing.',
  )
}

async function examineServer(
  environment: Environment,
  registry: RegistryDiagnosis,
  server: AddedServer,
): Promise<Finding[]> {
  const { name, url } = server
  const words = wordsFor(name)
  const checks = ['evolution', 'evolution key', 'instances'].map(words.check)
  const apiKey = openServerKey(sealerOf(environment), server)
  if (apiKey === null) return checks.map((check) => skip(check, 'not called: its key cannot be opened'))
  return withEvolution({ url, apiKey }, async (client) => {
    const sight = await checkEvolution(client, url)
    const { inventory, keyProblem } = sight
    const isRead = !(inventory instanceof EvolutionError) && keyProblem !== 'key_of_one_instance'
    const names = namesOn(registry, name)
    return [
      judgeEvolution(sight, new URL(url).origin, words),
      judgeKey(sight, words),
      isRead
        ? judgeInstances(names, inventory, words)
        : skip(words.check('instances'), 'not compared: Evolution gave no inventory'),
      ...(isRead
        ? await examineWebhooks(client, environment, registry, {
            server: name,
            names: names.registered.filter((one) => inventory.some((there) => there.name === one)),
          })
        : []),
    ]
  })
}

/** Whether the API answers at the address is a finding of its own. */
async function examineWebhooks(
  client: Evolution,
  { publicUrl }: Environment,
  { webhookSecret: secret }: RegistryDiagnosis,
  { server, names }: { server: string; names: string[] },
): Promise<Finding[]> {
  if (publicUrl === null) return []
  const hooks = await diagnoseWebhooks(client, { publicUrl, secret, server, names })
  const address = webhookUrl(publicUrl.replace(/\/+$/, ''), server)
  return [judgeOwners(wordsFor(server).check('webhook'), address, hooks)]
}
