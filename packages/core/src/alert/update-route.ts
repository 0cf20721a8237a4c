import { FleetError } from '../ground/fleet-error.ts'
import type { AlertRoute as RouteRow } from '../ground/generated/client.ts'
import { noSealer } from '../ground/seal.ts'
import {
  ADDRESS_FIELDS,
  type AlertRoute,
  kindOf,
  ROUTE_KINDS,
  type RouteAddress,
  type RouteKind,
  type RouteUpdate,
  sealPurpose,
} from './alert-route.ts'
import { getRoute, unknownRoute } from './list-routes.ts'
import type { RouteFleet } from './route-fleet.ts'
import { publicPart, type Secrets, secretPart, targetOf } from './route-target.ts'
import { wakeNotices } from './store-notices.ts'
import { openSecrets } from './stored-target.ts'

/**
 * Changes the fields of a route that are given, and keeps the others, its secrets too. Notices that wait for a repetition or for the end
 * of quiet hours are due at once.
 *
 * @throws FleetError NOT_FOUND; INVALID_INPUT for fields of another kind; INVALID_STATE without ZAPFLEET_SECRET, or when a secret that
 * is kept cannot be opened; DATABASE_UNAVAILABLE
 */
export async function updateRoute(fleet: RouteFleet, update: RouteUpdate): Promise<AlertRoute> {
  const { name, minSeverity, quietHours, language } = update
  const { alertRoute } = fleet.sql.prisma
  const row = await alertRoute.findUnique({ where: { name } })
  if (row === null) throw unknownRoute(name)
  assertKind(kindOf(row.kind), update)
  const { count } = await alertRoute.updateMany({
    where: { name },
    data: {
      ...newAddress(fleet, row, update),
      ...(minSeverity !== undefined && { minSeverity }),
      ...(quietHours !== undefined && {
        quietFrom: quietHours?.from ?? null,
        quietTo: quietHours?.to ?? null,
      }),
      ...(language !== undefined && { language }),
    },
  })
  if (count === 0) throw unknownRoute(name)
  await wakeNotices(fleet, name, { deferred: true })
  return getRoute(fleet, { name })
}

/** The columns of the address; none where the update names no part of it. */
function newAddress(
  fleet: RouteFleet,
  row: RouteRow,
  update: RouteUpdate,
): Partial<Pick<RouteRow, 'sealed'>> & { address?: object } {
  const kind = kindOf(row.kind)
  const given = ADDRESS_FIELDS[kind].filter((field) => update[field] !== undefined)
  if (given.length === 0) return {}
  if (fleet.sealer === null) throw noSealer()
  const secretFields = ADDRESS_FIELDS[kind].filter((field) => field !== 'chatId' && field !== 'to')
  const keeps = secretFields.some((field) => update[field] === undefined)
  const kept = keeps ? openSecrets(fleet.sealer, row) : {}
  const { webhookUrl, botToken, url, secret, smtpUrl } = update
  const secrets: Secrets = {
    ...kept,
    ...(webhookUrl !== undefined && { webhookUrl: new URL(webhookUrl).href }),
    ...(botToken !== undefined && { botToken }),
    ...(url !== undefined && { url: new URL(url).href }),
    ...(secret !== undefined && { secret }),
    ...(smtpUrl !== undefined && { smtpUrl }),
  }
  const { chatId, to } = update
  const shown: Partial<RouteAddress> = {
    ...(row.address as Partial<RouteAddress>),
    ...(chatId !== undefined && { chatId }),
    ...(to !== undefined && { to }),
  }
  const target = targetOf(kind, shown, secrets)
  const sealed = secretPart(target)
  return {
    address: publicPart(target),
    sealed: sealed === null ? null : fleet.sealer.seal(sealed, sealPurpose(row.name)),
  }
}

/** @throws FleetError INVALID_INPUT when the update names another kind, or a field of another kind */
function assertKind(kind: RouteKind, update: RouteUpdate): void {
  if (update.kind !== undefined && update.kind !== kind)
    throw new FleetError(
      'INVALID_INPUT',
      `kind: the route is of the kind ${kind}, which does not change. Delete it and create one of the kind ${update.kind}.`,
    )
  const own: readonly string[] = ADDRESS_FIELDS[kind]
  const foreign = ROUTE_KINDS.flatMap((one) => ADDRESS_FIELDS[one]).find(
    (field) => update[field] !== undefined && !own.includes(field),
  )
  if (foreign !== undefined)
    throw new FleetError(
      'INVALID_INPUT',
      `${foreign}: a route of the kind ${kind} does not have it; it has ${own.join(' and ')}.`,
    )
}
