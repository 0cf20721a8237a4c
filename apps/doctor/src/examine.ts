import {
  connectionsOf,
  type DatabaseDiagnosis,
  DEFAULT_SERVER,
  diagnoseDatabase,
  diagnoseWebhooks,
  type Environment,
  sealerOf,
} from '@zapfleet/core'
import { EvolutionError } from '@zapfleet/evolution'
import { checkApi } from './check-api.ts'
import { checkEvolution, type EvolutionSight, withEvolution } from './check-evolution.ts'
import { checkWebhookAddress } from './check-webhook-address.ts'
import { examineServers, namesOn } from './examine-servers.ts'
import { type Finding, skip } from './finding.ts'
import { judgeClocks } from './judge/clocks.ts'
import { type Address, judgeConnections } from './judge/connections.ts'
import { judgeEvents, judgeInbound } from './judge/events.ts'
import { judgeEvolution, judgeInstances, judgeKey } from './judge/evolution.ts'
import {
  judgeApi,
  judgeMessages,
  judgeNumbers,
  judgePage,
  judgePhones,
  judgePolling,
  judgeRoutes,
  judgeWebhook,
} from './judge/running.ts'
import { judgeExposure, judgeMigrations, judgeRights, judgeSecrets, judgeTimeZone } from './judge/schema.ts'
import { wordsFor } from './judge/server-words.ts'
import { readSettings, type Settings } from './settings.ts'

/**
 * Examines everything a fleet depends on, in a few seconds, and returns the findings, check by check. Changes
 * nothing: the database is read in read-only transactions, Evolution and the API only by calls that read.
 *
 * @param start the source of the environment and the differences of a running start, for people; the version of this
 * release
 */
export async function examine(
  env: Readonly<Record<string, string | undefined>>,
  start: { source: string; version: string; difference?: string | null },
): Promise<Finding[]> {
  const { version } = start
  const settings = readSettings(env, start)
  const { environment } = settings
  const [database, evolution, api] = await Promise.all([
    settings.unusable.has('DATABASE_URL') ? null : diagnoseDatabase(environment),
    lookThere(settings),
    checkApi(addressOf(environment.host, environment.port)),
  ])
  return [
    settings.finding,
    ...findDatabase(settings, database),
    judgeClocks(
      database?.connection.connected
        ? database.connection.clock
        : database?.directConnection?.connected
          ? database.directConnection.clock
          : null,
      evolution?.clock ?? null,
    ),
    ...findEvolution(settings, evolution),
    ...(await findFleet(settings, database, evolution)),
    judgeApi(api, addressOf(environment.host, environment.port), version),
  ]
}

function findDatabase({ environment }: Settings, sight: DatabaseDiagnosis | null): Finding[] {
  const names = ['migrations', 'rights', 'time zone']
  if (sight === null)
    return ['database', ...names].map((check) => skip(check, 'not looked at: DATABASE_URL is not usable'))
  const connections = judgeConnections(sight, {
    database: addressIn('DATABASE_URL', environment.databaseUrl, environment),
    direct: addressIn('DIRECT_URL', environment.directUrl, environment),
  })
  if (sight.served === null && sight.migrating === null) {
    const why = sight.connection.connected
      ? `not looked at: ${sight.unreadable}`
      : 'not looked at: the database could not be entered'
    return [...connections, ...names.map((check) => skip(check, why))]
  }
  const exposure = sight.served && judgeExposure(sight.served)
  return [
    ...connections,
    judgeMigrations(sight),
    sight.served?.migrated
      ? judgeRights(sight.served)
      : skip('rights', 'not looked at before the migrations'),
    ...(exposure ? [exposure] : []),
    sight.registry
      ? judgeTimeZone(sight.registry, environment.timeZone)
      : skip(
          'time zone',
          sight.served?.migrated ? `not read: ${sight.unreadable}` : 'stored with the first migration',
        ),
  ]
}

function findEvolution({ environment }: Settings, sight: EvolutionSight | null): Finding[] {
  if (sight === null)
    return ['evolution', 'evolution key'].map((check) =>
      skip(check, 'not looked at: EVOLUTION_API_URL or EVOLUTION_API_KEY is not usable'),
    )
  const words = wordsFor(DEFAULT_SERVER)
  return [judgeEvolution(sight, new URL(environment.evolutionApiUrl).origin, words), judgeKey(sight, words)]
}

async function findFleet(
  { environment }: Settings,
  database: DatabaseDiagnosis | null,
  evolution: EvolutionSight | null,
): Promise<Finding[]> {
  const registry = database?.registry ?? null
  const { publicUrl } = environment
  const opensOne = evolution?.keyProblem === 'key_of_one_instance'
  const inventory =
    evolution === null || opensOne || evolution.inventory instanceof EvolutionError
      ? null
      : evolution.inventory
  const there = inventory?.map(({ name }) => name) ?? null
  const reading =
    publicUrl === null ? null : await checkWebhookAddress(publicUrl, registry?.webhookSecret ?? null)
  if (registry === null) {
    const why = 'not looked at: the registry could not be read'
    return [
      ...['instances', 'polling', 'numbers', 'phones', 'events'].map((check) => skip(check, why)),
      judgePage(environment),
      judgeWebhook(publicUrl, reading, null),
    ]
  }
  const greeting = evolution?.greeting
  const version = greeting === undefined || greeting instanceof EvolutionError ? null : greeting.version
  const inbound = judgeInbound(registry, version)
  const routes = judgeRoutes(registry)
  const secrets = judgeSecrets(registry, sealerOf(environment))
  const names = namesOn(registry, DEFAULT_SERVER)
  const hooks =
    publicUrl === null || there === null
      ? null
      : await withEvolution(serverOf(environment), (client) =>
          diagnoseWebhooks(client, {
            publicUrl,
            secret: registry.webhookSecret,
            server: DEFAULT_SERVER,
            names: names.registered.filter((name) => there.includes(name)),
          }),
        )
  return [
    there === null
      ? skip(
          'instances',
          opensOne
            ? 'not compared: EVOLUTION_API_KEY opens one instance only'
            : 'not compared: Evolution gave no inventory',
        )
      : judgeInstances(names, inventory ?? [], wordsFor(DEFAULT_SERVER)),
    judgePolling(registry),
    judgeMessages(registry),
    judgeNumbers(registry),
    judgePhones(registry),
    judgeEvents(registry),
    ...(inbound === null ? [] : [inbound]),
    ...(secrets === null ? [] : [secrets]),
    ...(routes === null ? [] : [routes]),
    judgePage(environment),
    judgeWebhook(publicUrl, reading, hooks),
    ...(await examineServers(environment, registry)),
  ]
}

async function lookThere({ environment, unusable }: Settings): Promise<EvolutionSight | null> {
  if (unusable.has('EVOLUTION_API_URL') || unusable.has('EVOLUTION_API_KEY')) return null
  return withEvolution(serverOf(environment), (client) => checkEvolution(client, environment.evolutionApiUrl))
}

const serverOf = (environment: { evolutionApiUrl: string; evolutionApiKey: string }) => ({
  url: environment.evolutionApiUrl,
  apiKey: environment.evolutionApiKey,
})

function addressIn(variable: string, url: string, { poolSizes }: Pick<Environment, 'poolSizes'>): Address {
  const { hostname, port, pathname, username, searchParams } = new URL(url)
  return {
    variable,
    where: `${hostname}:${port || '5432'}${pathname}`,
    user: decodeURIComponent(username),
    pooled: searchParams.get('pgbouncer') === 'true',
    takes: connectionsOf(poolSizes),
  }
}

/** Where this machine reaches a listener on `host`. */
function addressOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (host === '::') return `http://[::1]:${port}`
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`
}
