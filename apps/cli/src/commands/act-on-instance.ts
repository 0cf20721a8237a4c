import type { Command } from 'commander'
import { acts, type Cli, type Ending, examples } from '../command.ts'
import { confirmed } from '../confirmed.ts'
import type { Instance } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text-width.ts'

/** The words of an act on Evolution. */
type Act = {
  verb: 'restart' | 'logout' | 'delete'
  description: string
  /** The question before the act; null when nothing can be lost. */
  question: (instance: Instance) => string | null
  under: string
  done: string
  /** What to do when no reading of Evolution has shown it yet. */
  unverified: (name: string) => string
}

const allActs = (): readonly Act[] => [
  {
    verb: 'restart',
    description: 'restart the connection of a number; no scan is needed',
    question: ({ name, status }) =>
      status === 'connected'
        ? t`Restart ${name}? It is connected, and does not send for some seconds.`
        : null,
    under: t`Restarting`,
    done: t`is restarted and connected`,
    unverified: (name) => t`Check it in a minute: zapfleet instances get ${name}`,
  },
  {
    verb: 'logout',
    description: 'unlink a number’s phone; the number stays, and waits for a scan',
    question: ({ name }) => t`Log ${name} out? Its phone is unlinked and must scan again to come back.`,
    under: t`Logging out`,
    done: t`is logged out`,
    unverified: (name) => t`Check it in a minute: zapfleet instances get ${name}`,
  },
  {
    verb: 'delete',
    description: 'remove a number, here and on Evolution; its history is kept',
    question: ({ name, phoneNumber }) =>
      t`Delete ${name}${phoneNumber === null ? '' : ` (${phoneNumber})`}, here and on Evolution? Its phone is unlinked.`,
    under: t`Deleting`,
    done: t`is deleted`,
    unverified: () => t`The scheduler continues it; the name is not free until then.`,
  },
]

/** `instances restart`, `logout` and `delete` */
export function addActsOnInstance(parent: Command, cli: Cli): void {
  for (const act of allActs()) {
    const command = parent
      .command(act.verb)
      .argument('<name>', 'the number’s name')
      .description(act.description)
      .option('-y, --yes', 'skip the confirmation')
      .action(
        acts(cli, (session, name: string, { yes }: { yes?: boolean }) => perform(session, act, name, yes)),
      )
    if (act.verb === 'delete') command.alias('rm')
    examples(command, `instances ${act.verb} vendas-01`, `instances ${act.verb} vendas-01 --yes --json`)
  }
}

async function perform(session: Session, act: Act, name: string, yes: boolean | undefined): Promise<Ending> {
  const { instance: api } = session.client()
  if (!yes) {
    const question = act.question(await api.get.query({ name }, session.call))
    if (question !== null)
      await confirmed(session, plain(question), `zapfleet instances ${act.verb} ${name} --yes`)
  }
  const answer = await session.during(`${act.under} ${name}`, () =>
    api[act.verb].mutate({ name }, session.call),
  )
  if (session.json) session.printJson(answer)
  else if (answer.verified) session.print(`${name} ${act.done}.`)
  else session.print(t`${name}: Evolution has not confirmed it yet.`)
  if (answer.verified) return
  if (!session.json) session.say(act.unverified(name))
  return 'notVerified'
}
