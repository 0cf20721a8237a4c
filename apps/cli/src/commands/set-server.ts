import type { Command } from 'commander'
import { acts, type Cli, examples, given } from '../command.ts'
import type { Server } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { readSecret } from '../read-secret.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text-width.ts'
import { serverSheet } from './server-sheet.ts'

type AddFlags = { serverKeyFile?: string }
type UpdateFlags = AddFlags & { newKey?: boolean }

const KEY_FILE = [
  '--server-key-file <file>',
  'the file with its AUTHENTICATION_API_KEY; - reads it from standard input',
] as const

/** `servers add` and `update` */
export function addSetServer(servers: Command, cli: Cli): void {
  const add = servers
    .command('add')
    .argument('<name>', '1 to 50 letters, digits, - or _')
    .argument('<address>', 'where this Evolution answers')
    .description('use one more Evolution server; its key is read from a file or typed unseen')
    .option(...KEY_FILE)
    .action(acts(cli, addServer))
  examples(
    add,
    'servers add evolution-2 https://evolution-2.example.com',
    'servers add evolution-2 https://evolution-2.example.com --server-key-file key.txt',
  )

  const update = servers
    .command('update')
    .argument('<name>', 'the name, as servers list shows it')
    .argument('[address]', 'where it answers now; it must be the same server')
    .description('change address or key of a server; what is not given stays')
    .option('--new-key', 'type its new key, which is not shown')
    .option(...KEY_FILE)
    .action(acts(cli, updateServer))
  examples(
    update,
    'servers update evolution-2 https://evolution-2.example.com:8443',
    'servers update evolution-2 --new-key',
  )
}

async function addServer(session: Session, name: string, url: string, options: AddFlags): Promise<void> {
  const apiKey = await readKey(session, name, options)
  const server = await session.during(t`Calling ${plain(name)}`, () =>
    session.client().server.add.mutate({ name, url, apiKey }, session.call),
  )
  show(
    session,
    server,
    t`The server ${plain(server.name)} is added. New numbers go to the server with the fewest.`,
  )
  if (!session.json) session.say(t`Adopt the numbers that it has: zapfleet instances import`)
}

async function updateServer(
  session: Session,
  name: string,
  url: string | undefined,
  options: UpdateFlags,
): Promise<void> {
  const hasKey = options.newKey === true || options.serverKeyFile !== undefined
  if (url === undefined && !hasKey)
    throw new Refusal(
      'usage',
      t`There is nothing to change: give its new address after the name, --new-key or --server-key-file.`,
      [t`The option --url is the address of zapfleet.`],
    )
  const apiKey = hasKey ? await readKey(session, name, options) : undefined
  const server = await session.during(t`Calling ${plain(name)}`, () =>
    session.client().server.update.mutate(given({ name, url, apiKey }), session.call),
  )
  show(session, server, t`The server ${plain(server.name)} is changed.`)
}

/** The key of the server, which is no argument. */
function readKey({ world }: Session, name: string, { serverKeyFile }: AddFlags): Promise<string> {
  const source = {
    option: '--server-key-file',
    variable: 'ZAPFLEET_SERVER_KEY',
    question: t`AUTHENTICATION_API_KEY of ${plain(name)} (not shown): `,
    missing: t`Expected the key of the server, which is no argument.`,
  }
  return readSecret(world, source, serverKeyFile)
}

function show(session: Session, server: Server, sentence: string): void {
  if (session.json) {
    session.printJson(server)
    return
  }
  session.say(sentence)
  session.print(serverSheet(session, server))
}
