import type { Evolution } from '@zapfleet/evolution'
import type { Call } from '../ground/call.ts'
import { fromEvolution } from '../ground/evolution-failure.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { serverOf, storedServer } from './server-names.ts'
import type { KnownServer, Servers } from './servers.ts'

/** A call that may call one Evolution server. */
export type ServerCall<Fleet> = Call<Fleet> & {
  /** Its name. */
  readonly server: string
  /** Its client, whose calls carry the id of the request. */
  readonly evolution: Evolution
}

/** What finding a server needs of a fleet. */
export type ServerFleet = Ground & { readonly servers: Servers }

/** The call on this server. @throws FleetError NOT_FOUND where there is no server of this name, DATABASE_UNAVAILABLE */
export async function onServer<Fleet extends ServerFleet>(
  call: Call<Fleet>,
  name: string,
): Promise<ServerCall<Fleet>> {
  const server = await call.fleet.servers.find(name)
  if (server === undefined) throw unknownServer(name)
  return onKnownServer(call, server)
}

/** The call on this server. */
export function onKnownServer<Fleet>(
  { fleet, log, requestId }: Call<Fleet>,
  { name, evolution }: KnownServer,
): ServerCall<Fleet> {
  const own = requestId === undefined ? evolution : evolution.forRequest(requestId)
  return { fleet, log, requestId, server: name, evolution: own }
}

/**
 * The call on the server of this instance, also of a removed one; the default server where no instance has the name.
 *
 * @throws FleetError NOT_FOUND where its server is not known, DATABASE_UNAVAILABLE
 */
export async function onServerOf<Fleet extends ServerFleet>(
  call: Call<Fleet>,
  instance: string,
): Promise<ServerCall<Fleet>> {
  const row = await call.fleet.sql.prisma.instance.findUnique({
    where: { name: instance },
    select: { server: true },
  })
  return onServer(call, serverOf(row?.server ?? null))
}

/** `fromEvolution` for a call of this server: the error names one that has a name of its own. */
export function failureOf({ server }: { readonly server: string }, error: unknown): Error {
  return fromEvolution(error, storedServer(server))
}

/** The error for a name that no server has. */
export function unknownServer(name: string): FleetError {
  return new FleetError('NOT_FOUND', `There is no server named "${name}". server.list names them all.`)
}
