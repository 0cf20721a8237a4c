import type { Command } from 'commander'
import { acts, type Cli, type Ending, examples } from '../command.ts'
import { confirmed } from '../confirmed.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { numbers } from '../terminal/figures.ts'
import { plain } from '../terminal/text-width.ts'

type Report = {
  imported: string[]
  alreadyKnown: string[]
  missingOnEvolution: string[]
  skipped?: { name: string; reason: string }[] | undefined
  unread?: { server: string; reason: string }[] | undefined
}

/** `instances import` */
export function addImportInstances(parent: Command, cli: Cli): void {
  const command = parent
    .command('import')
    .description('adopt every number that Evolution has and zapfleet has not')
    .option('-n, --dry-run', 'only print what it would do')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      acts(cli, async (session, { dryRun, yes }: { dryRun?: boolean; yes?: boolean }) => {
        const { instance } = session.client()
        if (dryRun || !yes) {
          const plan = await session.during(t`Looking at Evolution`, () =>
            instance.import.mutate({ dryRun: true }, session.call),
          )
          if (dryRun) return show(session, plan, t`would be adopted`)
          // Without an instance to adopt, the call only sends a new PUBLIC_URL to the numbers, which needs no confirmation.
          if (plan.imported.length > 0)
            await confirmed(session, questionOf(plan.imported), 'zapfleet instances import --yes')
        }
        const report = await session.during(t`Adopting`, () => instance.import.mutate({}, session.call))
        return show(session, report, t`is adopted`)
      }),
    )
  examples(command, 'instances import --dry-run', 'instances import --yes')
}

function questionOf(names: readonly string[]): string {
  const which = `${numbers(names.length)} (${names.map(plain).join(', ')})`
  return t`Adopt ${which}? The connected ones serve at once, with the limits by default.`
}

function show(session: Session, report: Report, adopted: string): Ending {
  const { imported, alreadyKnown, missingOnEvolution, skipped = [], unread = [] } = report
  const ending = unread.length === 0 ? 'ok' : 'evolution'
  if (session.json) {
    session.printJson(report)
    return ending
  }
  const lines = [
    ...imported.map((name) => `${plain(name)}  ${adopted}`),
    ...missingOnEvolution.map((name) => t`${plain(name)}  is registered here and not on Evolution`),
    ...skipped.map(({ name, reason }) => t`${plain(name)}  is skipped: ${reason}`),
  ]
  if (lines.length > 0) session.print(lines)
  if (imported.length === 0)
    session.say(t`There is nothing to adopt: ${numbers(alreadyKnown.length)} of Evolution known already.`)
  for (const { server, reason } of unread)
    session.say(
      t`The server ${plain(server)} could not be read, so its numbers are not in this report: ${plain(reason)}`,
    )
  return ending
}
