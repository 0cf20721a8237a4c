import type { Ground } from '../ground/ground.ts'
import { RULES, type Rule, type Severity } from './alert.ts'
import { RULE_TABLE } from './rules.ts'

/** How many alerts of each rule are open. @throws FleetError DATABASE_UNAVAILABLE */
export async function countOpenAlerts({
  sql,
}: Pick<Ground, 'sql'>): Promise<{ rule: Rule; severity: Severity; open: number }[]> {
  const rows = await sql.prisma.alert.groupBy({
    by: ['rule'],
    where: { closedAt: null },
    _count: { _all: true },
  })
  const open = new Map(rows.map(({ rule, _count }) => [rule, _count._all]))
  return RULES.map((rule) => ({ rule, severity: RULE_TABLE[rule].severity, open: open.get(rule) ?? 0 }))
}
