import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { addContactRights } from './contact-rights.ts'
import { showContact } from './show-contact.ts'

/** `contacts get`, `set`, `clear`, and what people and operators decide of a contact. */
export function addContacts(parent: Command, cli: Cli): void {
  const contacts = parent
    .command('contacts')
    .alias('contact')
    .description('which number a person is used to, their ids and their rights')
  examples(contacts, 'contacts get 5511987654321', 'contacts set 5511987654321 vendas-02')

  const get = contacts
    .command('get')
    .argument('<contact>', 'the person’s id')
    .description('the number that writes to a contact')
    .action(
      acts(cli, async (session, id: string) => {
        showContact(session, await session.client().contact.get.query({ id }, session.call))
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
        showContact(
          session,
          await session.client().contact.setPreference.mutate({ id, instanceName }, session.call),
        )
      }),
    )
  examples(set, 'contacts set 5511987654321 vendas-02')

  const clear = contacts
    .command('clear')
    .argument('<contact>', 'the person’s id')
    .description('take a person’s number away: the next message chooses')
    .action(
      acts(cli, async (session, id: string) => {
        showContact(session, await session.client().contact.clearPreference.mutate({ id }, session.call))
      }),
    )
  examples(clear, 'contacts clear 5511987654321')

  addContactRights(contacts, cli)
}
