import type { Command } from 'commander'
import { acts, type Cli, examples, given, wholeNumber } from '../command.ts'
import type { Alert } from '../connection/open-client.ts'
import { isPortuguese, t } from '../language.ts'
import type { Session } from '../session.ts'
import { ago, stamp } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'

/** `alerts` */
export function addAlerts(parent: Command, cli: Cli): void {
  const alerts = parent
    .command('alerts')
    .alias('alert')
    .description('what needs a person now, and what to do')
    .option('--all', 'also alerts that are over, as a table')
    .option('-l, --limit <alerts>', 'at most so many, up to 200 (default: 50)', wholeNumber(1, 200))
    .action(
      acts(cli, async (session, { all, limit }: { all?: boolean; limit?: number }) => {
        const filter = given({ open: all ? undefined : true, limit })
        const found = await session.client().alert.list.query(filter, session.call)
        if (session.json) return session.printJson(found)
        if (found.length === 0)
          return session.print(all ? t`There has been no alert.` : t`There is no open alert.`)
        session.print(all ? alertLines(session, found) : found.flatMap((one) => openLines(session, one)))
      }),
    )
  examples(alerts, 'alerts', 'alerts --all --limit 200', 'alerts --json | jq ".[].subject"')
}

/** An open alert in full: a title in the colour of its severity, and its text. */
function openLines({ paint, world }: Session, alert: Alert): string[] {
  const { severity, openedAt, notified, cause } = alert
  const [title = '', ...text] = plainLines(alert)
  const colour = severity === 'critical' ? paint.red : severity === 'warning' ? paint.yellow : paint.dim
  const reported =
    cause !== null
      ? t`not sent: another alert explains it`
      : notified.length === 0
        ? t`sent to no route`
        : t`sent to ${plain(notified.join(', '))}`
  return [
    `${colour(severityWord(severity))}  ${title}`,
    ...text.map((line) => `  ${line}`),
    `  ${paint.dim(t`opened ${ago(openedAt, world.now())}, ${reported}`)}`,
  ]
}

function alertLines({ paint, width }: Session, all: readonly Alert[]): string[] {
  const columns: Column<Alert>[] = [
    { title: t`OPENED`, cell: ({ openedAt }) => stamp(openedAt) },
    {
      title: t`UNTIL`,
      cell: ({ closedAt }) =>
        closedAt === null
          ? { text: t`open`, paint: paint.yellow }
          : { text: stamp(closedAt), paint: paint.dim },
    },
    { title: t`SEVERITY`, cell: ({ severity }) => severityWord(severity) },
    { title: t`RULE`, least: 8, cell: ({ rule }) => rule },
    { title: t`SUBJECT`, least: 8, cell: ({ subject }) => subject },
    { title: t`SENT TO`, least: 6, cell: ({ notified }) => notified.join(', ') },
  ]
  return table(all, columns, { width, title: paint.dim })
}

const plainLines = ({ text }: Alert): string[] =>
  text[isPortuguese() ? 'pt-BR' : 'en'].split('\n').map((line) => plain(line))

function severityWord(severity: Alert['severity']): string {
  if (severity === 'critical') return t`critical`
  return severity === 'warning' ? t`warning` : t`info`
}
