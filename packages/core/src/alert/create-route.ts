import { notifyReceivers } from '../endpoint/receiver-notices.ts'
import { makeWebhookSecret } from '../endpoint/webhook-secret.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { readInstant } from '../ground/read-moment.ts'
import { noSealer } from '../ground/seal.ts'
import { type AlertRoute, type NewRoute, ROUTES_MAX, sealPurpose } from './alert-route.ts'
import { getRoute } from './list-routes.ts'
import type { RouteFleet } from './route-fleet.ts'
import { newTarget, publicPart, secretPart } from './route-target.ts'

/**
 * Makes a route, which receives alerts that open from now on. `secret` is the whole secret of its signatures where this call made it;
 * it is shown nowhere else. Null for other kinds, and where the caller gave it.
 *
 * @throws FleetError CONFLICT when the name is taken; INVALID_STATE without ZAPFLEET_SECRET, or with 20 routes; DATABASE_UNAVAILABLE
 */
export async function createRoute(
  fleet: RouteFleet,
  route: NewRoute,
): Promise<AlertRoute & { secret: string | null }> {
  const { sealer } = fleet
  if (sealer === null) throw noSealer()
  const { name, kind, minSeverity, quietHours, language } = route
  const { alertRoute } = fleet.sql.prisma
  const target = newTarget(route, makeWebhookSecret)
  const secrets = secretPart(target)
  if ((await alertRoute.count()) >= ROUTES_MAX)
    throw new FleetError(
      'INVALID_STATE',
      `${ROUTES_MAX} alert routes exist, the most there may be. Delete unused ones.`,
    )
  const { count } = await alertRoute.createMany({
    data: {
      name,
      kind,
      address: publicPart(target),
      sealed: secrets === null ? null : sealer.seal(secrets, sealPurpose(name)),
      minSeverity,
      quietFrom: quietHours?.from ?? null,
      quietTo: quietHours?.to ?? null,
      language,
      createdAt: await readInstant(fleet),
    },
    skipDuplicates: true,
  })
  if (count === 0)
    throw new FleetError(
      'CONFLICT',
      `There is an alert route "${name}" already. Choose another name, or change that one.`,
    )
  await notifyReceivers(fleet)
  const isMade = target.kind === 'webhook' && route.kind === 'webhook' && route.secret === undefined
  return { ...(await getRoute(fleet, { name })), secret: isMade ? target.secret : null }
}
