import { SEVERITIES, type Severity } from './alert.ts'
import type { AlertChanges } from './next-alerts.ts'

export type OpeningNotice = { id: string; route: string; kind: 'opened' | 'wave'; alertIds: string[] }

/**
 * The notices of alerts that are reported now: one for each route, with all alerts that are urgent enough for it. A wave has a notice of its
 * own, since the alerts that it is made of were reported already.
 */
export function openingNotices(
  reported: AlertChanges['reportOpened'],
  routes: readonly { name: string; minSeverity: Severity }[],
  newId: () => string,
): OpeningNotice[] {
  const isUrgentEnough = (severity: Severity, least: Severity): boolean =>
    SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
  return routes.flatMap(({ name: route, minSeverity }) =>
    (['opened', 'wave'] as const).flatMap((kind) => {
      const alertIds = reported
        .filter(({ rule }) => (rule === 'ban_wave') === (kind === 'wave'))
        .filter(({ severity }) => isUrgentEnough(severity, minSeverity))
        .map(({ id }) => id)
      return alertIds.length === 0 ? [] : [{ id: newId(), route, kind, alertIds }]
    }),
  )
}
