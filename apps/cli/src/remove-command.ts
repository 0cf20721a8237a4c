import type { Command } from 'commander'
import { acts, type Cli, examples } from './command.ts'
import { confirmed } from './confirmed.ts'
import type { Session } from './session.ts'
import { plain } from './terminal/text-width.ts'

type Removal = {
  description: string
  /** A name for the example. */
  example: string
  question: (name: string) => string
  remove: (session: Session, name: string) => Promise<{ name: string }>
  done: (name: string) => string
}

/** `remove` below a noun that has `list`: removes what has a name, after a confirmation. */
export function removeCommand(
  parent: Command,
  cli: Cli,
  { description, example, question, remove, done }: Removal,
): void {
  const noun = parent.name()
  const command = parent
    .command('remove')
    .alias('rm')
    .argument('<name>', `the name, as ${noun} list shows it`)
    .description(description)
    .option('-y, --yes', 'skip the confirmation')
    .action(
      acts(cli, async (session, name: string, { yes }: { yes?: boolean }) => {
        if (!yes) await confirmed(session, question(plain(name)), `zapfleet ${noun} remove ${name} --yes`)
        const gone = await remove(session, name)
        if (session.json) return session.printJson(gone)
        session.print(done(plain(gone.name)))
      }),
    )
  examples(command, `${noun} remove ${example}`)
}
