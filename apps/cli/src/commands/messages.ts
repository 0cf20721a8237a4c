import { type Command, Option } from 'commander'
import { acts, type Cli, examples, given, wholeNumber } from '../command.ts'
import type { Message } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { MESSAGE_STATES, showMessage, statePaint, stateWord } from '../message-words.ts'
import type { Session } from '../session.ts'
import { stamp } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'

type ListFlags = {
  state?: Message['state']
  contact?: string
  instance?: string
  before?: string
  limit?: number
}

/** `messages list`, `show` and `cancel` */
export function addMessages(parent: Command, cli: Cli): void {
  const messages = parent
    .command('messages')
    .alias('message')
    .description('the messages that zapfleet sends: what waits, and what became of the others')
  examples(
    messages,
    'messages',
    'messages --state failed',
    'messages show 01a204bd-49f0-7cc1-b7b1-3f0a4d1c2e55',
  )

  const list = messages
    .command('list', { isDefault: true })
    .alias('ls')
    .description('the newest first, with state and reason')
    .addOption(new Option('--state <state>', 'only those in this state').choices(MESSAGE_STATES))
    .option('--contact <contact>', 'only those to this contact')
    .option('--instance <name>', 'only those by this number')
    .option('--before <id>', 'continue behind this message')
    .option('-l, --limit <messages>', 'at most so many, up to 200 (default: 50)', wholeNumber(1, 200))
    .action(
      acts(cli, async (session, { contact: contactId, instance: instanceName, ...flags }: ListFlags) => {
        const input = given({ ...flags, contactId, instanceName })
        const found = await session.client().message.list.query(input, session.call)
        if (session.json) return session.printJson(found)
        if (found.length === 0) return session.say(t`There are no such messages.`)
        session.print(messageLines(session, found))
        const last = found.at(-1)
        if (last && found.length === (flags.limit ?? 50))
          session.say(t`There may be more: --before ${last.id}`)
      }),
    )
  examples(
    list,
    'messages list',
    'messages list --state queued',
    'messages --contact 5511987654321 --limit 5',
  )

  const show = messages
    .command('show')
    .argument('<id>', 'the message’s id')
    .description('one message, and what became of it')
    .action(
      acts(cli, async (session, id: string) =>
        showMessage(session, await session.client().message.get.query({ id }, session.call)),
      ),
    )
  examples(show, 'messages show 01a204bd-49f0-7cc1-b7b1-3f0a4d1c2e55')

  const cancel = messages
    .command('cancel')
    .argument('<id>', 'the message’s id')
    .description('do not send a message that waits')
    .action(
      acts(cli, async (session, id: string) =>
        showMessage(session, await session.client().message.cancel.mutate({ id }, session.call)),
      ),
    )
  examples(cancel, 'messages cancel 01a204bd-49f0-7cc1-b7b1-3f0a4d1c2e55')
}

function messageLines(session: Session, messages: readonly Message[]): string[] {
  const columns: Column<Message>[] = [
    { title: t`WHEN`, cell: ({ createdAt }) => stamp(createdAt) },
    { title: t`TO`, least: 8, cell: ({ to }) => to },
    { title: t`NUMBER`, least: 8, cell: ({ instanceName }) => instanceName ?? '' },
    { title: t`STATE`, cell: ({ state }) => ({ text: stateWord(state), paint: statePaint(session, state) }) },
    { title: t`REASON`, least: 6, cell: ({ error }) => error ?? '' },
    // Without a terminal nothing is cut, and scripts and people need the id.
    ...(session.width === undefined ? [{ title: t`ID`, cell: ({ id }: Message) => id }] : []),
  ]
  return table(messages, columns, { width: session.width, title: session.paint.dim })
}
