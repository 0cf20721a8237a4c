import { router } from './procedure.ts'
import { alertRouter } from './procedures/alert.ts'
import { alertRouteRouter } from './procedures/alert-route.ts'
import { auditRouter } from './procedures/audit.ts'
import { contactRouter } from './procedures/contact.ts'
import { fleetRouter } from './procedures/fleet.ts'
import { healthRouter } from './procedures/health.ts'
import { instanceRouter } from './procedures/instance.ts'
import { keyRouter } from './procedures/key.ts'
import { messageRouter } from './procedures/message.ts'
import { reservationRouter } from './procedures/reservation.ts'
import { serverRouter } from './procedures/server.ts'
import { webhookEndpointRouter } from './procedures/webhook-endpoint.ts'
import { withOwnRunner } from './run-procedures.ts'

/** All procedures, a router per noun. */
export const appRouter = withOwnRunner(
  router({
    alertRoute: alertRouteRouter,
    alert: alertRouter,
    audit: auditRouter,
    contact: contactRouter,
    fleet: fleetRouter,
    health: healthRouter,
    instance: instanceRouter,
    key: keyRouter,
    message: messageRouter,
    reservation: reservationRouter,
    server: serverRouter,
    webhookEndpoint: webhookEndpointRouter,
  }),
)

/** The type from which clients derive their calls. */
export type AppRouter = typeof appRouter
