import type { Command } from 'commander'
import { acts, type Cli, examples, given, wholeNumber } from '../command.ts'
import type { StatusChange } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { statusPaint } from '../terminal/instance-table.ts'
import { stamp } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { changeWords, statusWord } from '../words.ts'

/** `instances history` */
export function addInstanceHistory(parent: Command, cli: Cli): void {
  const history = parent
    .command('history')
    .argument('<name>', 'the number’s name; also of one that was deleted')
    .description('when a number’s status, or its limit by a ramp, changed, and why; newest first')
    .option('-l, --limit <changes>', 'at most so many, up to 200 (default: 20)', wholeNumber(1, 200))
    .action(
      acts(cli, async (session, name: string, { limit = 20 }: { limit?: number }) => {
        const changes = await session.client().instance.history.query(given({ name, limit }), session.call)
        if (session.json) return session.printJson(changes)
        if (changes.length === 0) return session.say(t`No status change of ${name} is recorded.`)
        const { paint, width } = session
        const columns: Column<StatusChange>[] = [
          { title: t`WHEN`, cell: ({ at }) => stamp(at) },
          { title: t`FROM`, cell: ({ from }) => (from === null ? t`new` : statusWord(from)) },
          {
            title: t`TO`,
            cell: ({ to }) => ({
              text: statusWord(to),
              paint: statusPaint(paint, { status: to, paused: false }),
            }),
          },
          { title: t`WHY`, least: 8, cell: (change) => changeWords(change) },
          { title: t`SEEN BY`, least: 7, cell: ({ evidence }) => sourceOf(evidence) },
        ]
        session.print(table(changes, columns, { width, title: paint.dim }))
      }),
    )
  examples(history, 'instances history vendas-01', 'instances history vendas-01 --limit 200 --json')
}

function sourceOf(evidence: StatusChange['evidence']): string {
  return typeof evidence?.source === 'string' ? evidence.source : ''
}
