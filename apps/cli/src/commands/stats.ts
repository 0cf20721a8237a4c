import type { Command } from 'commander'
import { acts, type Cli, examples, given } from '../command.ts'
import { t, translated } from '../language.ts'
import { requirePool } from '../no-such-tag.ts'
import { poolOption } from '../tag-arguments.ts'
import { bar, numbers } from '../terminal/figures.ts'
import type { Paint } from '../terminal/paint.ts'

type Room = { capacity: number; sent: number; remaining: number; usedPercent: number }

/** `stats` */
export function addStats(parent: Command, cli: Cli): void {
  const command = parent
    .command('stats')
    .description('the fleet in figures: what was sent, and what room is left')
    .addOption(poolOption('only the numbers with this tag'))
    .action(
      acts(cli, async (session, { pool }: { pool?: string }) => {
        const stats = await session.client().fleet.stats.query(given({ pool }), session.call)
        if (stats.total === 0) await requirePool(session, pool)
        if (session.json) return session.printJson(stats)
        const { paint } = session
        const states = Object.entries(stats.byStatus)
          .filter(([, figure]) => figure > 0)
          .map(([status, figure]) => `${figure} ${translated(status)}`)
        const line = (label: string, { capacity, sent, remaining, usedPercent }: Room) =>
          t`  ${paint.dim(label.padEnd(9))} ${bar(usedPercent / 100, 20)} ${sent} sent, ${remaining} of ${capacity} left (${usedPercent} % used)`
        session.print([
          `${paint.bold(numbers(stats.total))}${states.length === 0 ? '' : `: ${states.join(', ')}`}`,
          line(t`This hour`, stats.hour),
          line(t`Today`, stats.day),
          ...newContactLines(stats.newContacts, paint),
        ])
      }),
    )
  examples(command, 'stats', 'stats --pool vendas', 'stats --json | jq .day.remaining')
}

/** The limits for new contacts; no line where no number has one, and for an API of an earlier release. */
function newContactLines(
  newContacts: { perDay: number; sentToday: number; remainingToday: number; unlimited: number } | undefined,
  paint: Paint,
): string[] {
  const { perDay = 0, sentToday = 0, remainingToday = 0, unlimited = 0 } = newContacts ?? {}
  if (perDay === 0) return []
  const others = unlimited === 0 ? '' : t`, and ${numbers(unlimited)} without a limit`
  const label = paint.dim(t`New`.padEnd(9))
  return [
    t`  ${label} ${bar(1 - remainingToday / perDay, 20)} ${sentToday} new contacts, ${remainingToday} of ${perDay} left today${others}`,
  ]
}
