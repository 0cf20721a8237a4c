import { isFleetError } from '@zapfleet/client'
import { nearest } from './connection/nearest.ts'
import type { Instance, Server } from './connection/open-client.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { numbers } from './terminal/figures.ts'
import { plain } from './terminal/text-width.ts'

/** The server of EVOLUTION_API_URL. */
const DEFAULT_SERVER = 'default'

type Problem = NonNullable<Server['problem']>

const problems = (): Record<Problem, string> => ({
  unreachable: t`does not answer`,
  unlicensed: t`its licence is not activated`,
  not_evolution: t`another program answers`,
  key_refused: t`refuses the key`,
  key_of_one_instance: t`the key opens one number only`,
  database_away: t`does not reach its own database`,
  key_sealed: t`its stored key cannot be decrypted`,
})

/** How a server is, as what follows its name. A problem of a newer API stays as it is. */
export function stateWords({ problem }: Server): string {
  return problem === null ? t`answers` : (problems()[problem] ?? problem)
}

/** What a person does about the problem of a server; null where it has none, or one of a newer API. */
export function adviceWords({ name, problem }: Server): string | null {
  switch (problem) {
    case 'unreachable':
      return t`Check that it runs, its address and the network. Only its own numbers wait for it. If it is gone for good, move its numbers to another server, or delete them.`
    case 'unlicensed':
      return t`Activate its licence in its manager (/manager).`
    case 'not_evolution':
      return name === DEFAULT_SERVER
        ? t`Correct EVOLUTION_API_URL, and restart zapfleet.`
        : t`Correct its address: zapfleet servers update ${name} <address>`
    case 'key_refused':
    case 'key_of_one_instance':
      return name === DEFAULT_SERVER
        ? t`Set EVOLUTION_API_KEY to its AUTHENTICATION_API_KEY, and restart zapfleet.`
        : t`Give its AUTHENTICATION_API_KEY: zapfleet servers update ${name} --new-key`
    case 'database_away':
      return t`Check its database.`
    case 'key_sealed':
      return t`ZAPFLEET_SECRET is missing or another one. Set the former one, or give the key anew: zapfleet servers update ${name} --new-key`
    default:
      return null
  }
}

type Source = NonNullable<Server['events']['source']>

const sources = (): Record<Source, string> => ({
  instance_webhook: t`webhook of each number`,
  global_webhook: t`global webhook`,
  websocket: t`websocket`,
  report: t`reported by a bot`,
  read_back: t`read back`,
})

/** Where the events about the messages of a server come from, and how many numbers have none. */
export function eventsWords({ events: { source, blindNumbers } }: Server): string {
  const from = source === null ? t`none in 24 hours` : (sources()[source] ?? source)
  return blindNumbers.length === 0 ? from : t`${from}, ${numbers(blindNumbers.length)} without`
}

/** The server of a number, and the one that it moves to; empty where an API of an earlier release names none. */
export function serverOf({ server, movingTo }: Instance): string {
  return movingTo ? `${plain(server)} → ${plain(movingTo)}` : plain(server ?? '')
}

/** Whether a number shows that there are several servers: most fleets have one, and no words about it. */
export function isElsewhere({ server, movingTo }: Instance): boolean {
  return (server ?? DEFAULT_SERVER) !== DEFAULT_SERVER || Boolean(movingTo)
}

/** The server that has a number, and the one that it moves to. An API of an earlier release names none. */
export function serversOf({ server, movingTo }: Pick<Instance, 'server' | 'movingTo'>): string[] {
  return [server ?? DEFAULT_SERVER, ...(movingTo ? [movingTo] : [])]
}

/** The refusal of a server on which none of these numbers is, with those on which they are; null for one that the fleet has. */
export async function unknownServer(
  server: string,
  instances: readonly Instance[],
  session: Session,
): Promise<Refusal | null> {
  const names = await readServerNames(session)
  if (names.includes(server)) return null
  const servers = [...new Set(instances.flatMap(serversOf))].sort()
  const guess = nearest(server, [...new Set([...servers, ...names])])
  const known = servers.length === 0 ? '' : ` ${t`The servers that have numbers are ${servers.join(', ')}.`}`
  return new Refusal('notFound', `${t`No number is on a server named "${server}".`}${known}`, [
    ...(guess === null ? [] : [t`Did you mean ${guess}?`]),
  ])
}

/** The names of all servers; empty for a key that may not read them, and for an API of an earlier release. */
async function readServerNames(session: Session): Promise<string[]> {
  try {
    const servers = await session.client().server.list.query({}, session.call)
    return servers.map(({ name }) => name)
  } catch (error) {
    if (isFleetError(error, 'FORBIDDEN', 'NOT_FOUND')) return []
    throw error
  }
}
