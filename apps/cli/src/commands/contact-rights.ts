import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { confirmed } from '../confirmed.ts'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import { plain } from '../terminal/text-width.ts'
import { showContact } from './show-contact.ts'

/** `contacts block`, `unblock`, `link`, `unlink`, `export` and `forget` */
export function addContactRights(contacts: Command, cli: Cli): void {
  const block = contacts
    .command('block')
    .argument('<contact>', 'the person’s id')
    .option('--reason <text>', 'why, in up to 200 characters')
    .description('a person opted out: no message is sent to them')
    .action(
      acts(cli, async (session, id: string, { reason }: { reason?: string }) => {
        const input = reason === undefined ? { id } : { id, reason }
        showContact(session, await session.client().contact.block.mutate(input, session.call))
      }),
    )
  examples(block, 'contacts block 5511987654321 --reason "wrote STOP"')

  const unblock = contacts
    .command('unblock')
    .argument('<contact>', 'the person’s id')
    .description('a person may be written to again')
    .action(
      acts(cli, async (session, id: string) => {
        showContact(session, await session.client().contact.unblock.mutate({ id }, session.call))
      }),
    )
  examples(unblock, 'contacts unblock 5511987654321')

  const link = contacts
    .command('link')
    .argument('<contact>', 'the person’s id')
    .argument('<alias>', 'another id of the same person')
    .description('two ids are one person: one number, one conversation, one block')
    .action(
      acts(cli, async (session, id: string, alias: string) => {
        showContact(session, await session.client().contact.link.mutate({ id, alias }, session.call))
      }),
    )
  examples(link, 'contacts link 5511987654321 crm-1042')

  const unlink = contacts
    .command('unlink')
    .argument('<contact>', 'the person’s id')
    .argument('<alias>', 'another id of the same person')
    .description('two ids are two people; for both forms of a Brazilian number this is for ever')
    .action(
      acts(cli, async (session, id: string, alias: string) => {
        showContact(session, await session.client().contact.unlink.mutate({ id, alias }, session.call))
      }),
    )
  examples(unlink, 'contacts unlink 5511987654321 crm-1042')

  addExport(contacts, cli)
  addForget(contacts, cli)
}

function addExport(contacts: Command, cli: Cli): void {
  const command = contacts
    .command('export')
    .argument('<contact>', 'the person’s id')
    .option('-o, --output <file>', 'write to a new file that only you may read')
    .description('everything that is stored of a person, under all ids, as JSON')
    .action(
      acts(cli, async (session, id: string, { output }: { output?: string }) => {
        const found = await session.during(t`Reading what is stored of ${plain(id)}`, () =>
          session.client().contact.export.query({ id }, session.call),
        )
        if (output === undefined) return session.printJson(found)
        const file = resolve(session.world.cwd, output)
        write(file, `${JSON.stringify(found, null, 2)}\n`)
        if (session.json) return session.printJson({ output: file })
        session.print(t`${plain(file)} holds what is stored of ${plain(id)}. Remove it when it is delivered.`)
      }),
    )
  examples(command, 'contacts export 5511987654321 --output person.json')
}

function addForget(contacts: Command, cli: Cli): void {
  const command = contacts
    .command('forget')
    .argument('<contact>', 'the person’s id')
    .option('-y, --yes', 'skip the confirmation')
    .description('remove a person from every table; counters and a block stay')
    .action(
      acts(cli, async (session, id: string, { yes }: { yes?: boolean }) => {
        const { contact: api } = session.client()
        if (!yes) {
          const { aliases } = await api.get.query({ id }, session.call)
          const ids = [id, ...aliases].map(plain).join(', ')
          const question = t`Remove everything that is stored of ${ids}? It cannot be undone.`
          await confirmed(session, question, `zapfleet contacts forget ${id} --yes`)
        }
        const answer = await session.during(t`Removing ${plain(id)}`, () =>
          api.forget.mutate({ id }, session.call),
        )
        if (session.json) return session.printJson(answer)
        session.print(t`${plain(id)} is removed from every table of zapfleet.`)
      }),
    )
  examples(command, 'contacts forget 5511987654321', 'contacts forget 5511987654321 --yes --json')
}

/** Writes a new file, which only its owner may read. @throws Refusal (usage) when it exists or cannot be written */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new Refusal('usage', t`--output: ${file} exists already. Name a new file.`)
    throw new Refusal('usage', t`--output: ${file} cannot be written (${code}).`)
  }
}
