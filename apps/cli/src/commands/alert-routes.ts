import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import type { AlertRoute } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { removeCommand } from '../remove-command.ts'
import type { Session } from '../session.ts'
import { ago } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'
import { addressOf, addSetRoute } from './set-alert-route.ts'

/** `alert-routes list`, `add`, `change`, `remove` and `test` */
export function addAlertRoutes(parent: Command, cli: Cli): void {
  const routes = parent
    .command('alert-routes')
    .alias('alert-route')
    .description('who receives alerts when a number needs a person: Slack, Telegram, e-mail, webhooks')
  examples(
    routes,
    'alert-routes list',
    'alert-routes add slack team --quiet 22:00-07:00',
    'alert-routes test team',
  )

  const list = routes
    .command('list')
    .alias('ls')
    .description('all of them and their last delivery; never the secrets')
    .action(
      acts(cli, async (session) => {
        const all = await session.client().alertRoute.list.query({}, session.call)
        if (session.json) return session.printJson(all)
        if (all.length === 0) return session.print(t`There are no alert routes.`)
        session.print(routeLines(session, all))
      }),
    )
  examples(list, 'alert-routes list')

  addSetRoute(routes, cli)

  removeCommand(routes, cli, {
    description: 'send no alerts by a route any more',
    example: 'team',
    question: (name) => t`Remove the alert route ${name}? What it has not received yet is lost to it.`,
    remove: (session, name) => session.client().alertRoute.delete.mutate({ name }, session.call),
    done: (name) => t`The alert route ${name} is removed.`,
  })

  const test = routes
    .command('test')
    .argument('<name>', 'the name, as alert-routes list shows it')
    .description('send a test message now and print whether it was accepted')
    .action(
      acts(cli, async (session, name: string) => {
        const tested = await session.client().alertRoute.test.mutate({ name }, session.call)
        const { lastDelivery } = tested
        if (session.json) session.printJson(tested)
        else if (!lastDelivery?.ok)
          session.print(t`${plain(tested.name)} did not accept it: ${plain(lastDelivery?.error ?? '')}`)
        else if (lastDelivery.error === null)
          session.print(t`${plain(tested.name)} accepted the test message.`)
        else session.print(t`${plain(tested.name)} accepted it, but: ${plain(lastDelivery.error)}`)
        return lastDelivery?.ok ? 'ok' : 'unexpected'
      }),
    )
  examples(test, 'alert-routes test team')
}

function routeLines({ paint, width, world }: Session, all: readonly AlertRoute[]): string[] {
  const now = world.now()
  const columns: Column<AlertRoute>[] = [
    { title: t`NAME`, cell: ({ name }) => name },
    { title: t`KIND`, cell: ({ kind }) => kind },
    { title: t`ADDRESS`, least: 16, cell: addressOf },
    { title: t`AT LEAST`, cell: ({ minSeverity }) => minSeverity },
    {
      title: t`QUIET`,
      cell: ({ quietHours: quiet }) => (quiet === null ? '' : `${quiet.from}-${quiet.to}`),
    },
    {
      title: t`LAST DELIVERY`,
      least: 10,
      cell: ({ lastDelivery }) => {
        if (lastDelivery === null) return t`never`
        const { ok, at, error } = lastDelivery
        const when = ago(at, now)
        const text = error === null ? when : `${when}: ${error}`
        return { text, paint: ok ? (error === null ? paint.green : paint.yellow) : paint.red }
      },
    },
  ]
  return table(all, columns, { width, title: paint.dim })
}
