import type { Command } from 'commander'
import { acts, type Cli, type Ending, examples } from '../command.ts'
import type { Server } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { removeCommand } from '../remove-command.ts'
import { adviceWords, eventsWords, stateWords } from '../server-words.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'
import { serverSheet } from './server-sheet.ts'
import { addSetServer } from './set-server.ts'

/** `servers list`, `add`, `update`, `remove` and `check` */
export function addServers(parent: Command, cli: Cli): void {
  const servers = parent
    .command('servers')
    .alias('server')
    .description('the Evolution servers, where the numbers are spread over several')
  examples(
    servers,
    'servers list',
    'servers add evolution-2 https://evolution-2.example.com',
    'instances move vendas-01 --server evolution-2',
  )

  const list = servers
    .command('list')
    .alias('ls')
    .description('all of them: whether each answers, its numbers, its events; never the keys')
    .action(acts(cli, listServers))
  examples(list, 'servers list', 'servers list --json | jq -r ".[].name"')

  addSetServer(servers, cli)

  removeCommand(servers, cli, {
    description: 'forget a server that has no numbers; on the server nothing changes',
    example: 'evolution-2',
    question: (name) => t`Remove the server ${name}? zapfleet forgets its address and key.`,
    remove: (session, name) => session.client().server.remove.mutate({ name }, session.call),
    done: (name) => t`The server ${name} is removed.`,
  })

  const check = servers
    .command('check')
    .argument('<name>', 'the name, as servers list shows it')
    .description('call a server now, and print how it is and what to do')
    .action(acts(cli, checkServer))
  examples(check, 'servers check evolution-2')
}

async function listServers(session: Session): Promise<void> {
  const all = await session.during(t`Calling the servers`, () =>
    session.client().server.list.query({}, session.call),
  )
  if (session.json) return session.printJson(all)
  session.print(serverLines(session, all))
  const troubled = all.find((one) => adviceWords(one) !== null)
  if (troubled) session.say(t`What to do: zapfleet servers check ${plain(troubled.name)}`)
}

async function checkServer(session: Session, name: string): Promise<Ending> {
  const server = await session.during(t`Calling ${plain(name)}`, () =>
    session.client().server.check.mutate({ name }, session.call),
  )
  if (session.json) session.printJson(server)
  else session.print(serverSheet(session, server))
  return server.problem === null ? 'ok' : 'evolution'
}

function serverLines({ paint, width }: Session, all: readonly Server[]): string[] {
  const columns: Column<Server>[] = [
    { title: t`NAME`, cell: ({ name }) => name },
    { title: t`ADDRESS`, least: 16, cell: ({ url }) => url },
    {
      title: t`STATE`,
      cell: (one) => ({ text: stateWords(one), paint: one.problem === null ? paint.green : paint.red }),
    },
    { title: t`VERSION`, cell: ({ version }) => version ?? '' },
    { title: t`NUMBERS`, side: 'right', cell: ({ numbers }) => String(numbers) },
    { title: t`EVENTS`, least: 10, cell: eventsWords },
  ]
  return table(all, columns, { width, title: paint.dim })
}
