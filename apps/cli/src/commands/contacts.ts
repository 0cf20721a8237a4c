import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text-width.ts'

type Contact = { id: string; preferredInstance: string | null }

/** `contacts get`, `set` and `clear` */
export function addContacts(parent: Command, cli: Cli): void {
  const contacts = parent.command('contacts').alias('contact').description('which number a person is used to')
  examples(contacts, 'contacts get 5511987654321', 'contacts set 5511987654321 vendas-02')

  const get = contacts
    .command('get')
    .argument('<contact>', 'the person’s id')
    .description('the number that writes to a contact')
    .action(
      acts(cli, async (session, id: string) => {
        show(session, await session.client().contact.get.query({ id }, session.call))
      }),
    )
  examples(get, 'contacts get 5511987654321')

  const set = contacts
    .command('set')
    .argument('<contact>', 'the person’s id')
    .argument('<name>', 'the number’s name')
    .description('give a person a number, from the next message on')
    .action(
      acts(cli, async (session, id: string, instanceName: string) => {
        show(session, await session.client().contact.setPreference.mutate({ id, instanceName }, session.call))
      }),
    )
  examples(set, 'contacts set 5511987654321 vendas-02')

  const clear = contacts
    .command('clear')
    .argument('<contact>', 'the person’s id')
    .description('take a person’s number away: the next message chooses')
    .action(
      acts(cli, async (session, id: string) => {
        show(session, await session.client().contact.clearPreference.mutate({ id }, session.call))
      }),
    )
  examples(clear, 'contacts clear 5511987654321')
}

function show(session: Session, contact: Contact): void {
  if (session.json) {
    session.printJson(contact)
    return
  }
  const { id, preferredInstance } = contact
  session.print(
    preferredInstance === null
      ? t`${plain(id)} has no number yet; the next message chooses one.`
      : t`${plain(id)} hears from ${session.paint.bold(plain(preferredInstance))}.`,
  )
}
