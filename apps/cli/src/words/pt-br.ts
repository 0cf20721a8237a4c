import { ACCESS_PT_BR } from './pt-br/access.ts'
import { ALERT_ROUTES_PT_BR } from './pt-br/alert-routes.ts'
import { ALERTS_PT_BR } from './pt-br/alerts.ts'
import { BUDGETS_PT_BR } from './pt-br/budgets.ts'
import { FORECAST_PT_BR } from './pt-br/forecast.ts'
import { HELP_PT_BR } from './pt-br/help.ts'
import { INSTANCES_PT_BR } from './pt-br/instances.ts'
import { MESSAGES_PT_BR } from './pt-br/messages.ts'
import { PAIRING_PT_BR } from './pt-br/pairing.ts'
import { PROGRAM_PT_BR } from './pt-br/program.ts'
import { RESERVATIONS_PT_BR } from './pt-br/reservations.ts'
import { SERVERS_PT_BR } from './pt-br/servers.ts'
import { TAGS_PT_BR } from './pt-br/tags.ts'
import { WEBHOOK_ENDPOINTS_PT_BR } from './pt-br/webhook-endpoints.ts'

/** The tables of human output in Portuguese, one for each group of commands. A sentence is in one of them. */
export const TABLES_PT_BR: readonly Readonly<Record<string, string>>[] = [
  ACCESS_PT_BR,
  ALERT_ROUTES_PT_BR,
  ALERTS_PT_BR,
  BUDGETS_PT_BR,
  FORECAST_PT_BR,
  HELP_PT_BR,
  INSTANCES_PT_BR,
  MESSAGES_PT_BR,
  PAIRING_PT_BR,
  PROGRAM_PT_BR,
  RESERVATIONS_PT_BR,
  SERVERS_PT_BR,
  TAGS_PT_BR,
  WEBHOOK_ENDPOINTS_PT_BR,
]

/** Human output in Portuguese, by the English sentence. */
export const PT_BR: Readonly<Record<string, string>> = Object.assign({}, ...TABLES_PT_BR)
