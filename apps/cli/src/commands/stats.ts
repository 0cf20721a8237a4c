import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { t, translated } from '../language.ts'
import { bar, numbers } from '../terminal/figures.ts'

type Room = { capacity: number; sent: number; remaining: number; usedPercent: number }

/** `stats` */
export function addStats(parent: Command, cli: Cli): void {
  const command = parent
    .command('stats')
    .description('the fleet in figures: what was sent, and what room is left')
    .action(
      acts(cli, async (session) => {
        const stats = await session.client().fleet.stats.query({}, session.call)
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
        ])
      }),
    )
  examples(command, 'stats', 'stats --json | jq .day.remaining')
}
