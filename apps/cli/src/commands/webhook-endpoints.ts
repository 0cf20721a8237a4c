import { type Command, InvalidArgumentError, Option } from 'commander'
import { acts, type Cli, examples, given, several } from '../command.ts'
import { readSecretFile } from '../connection/find-fleet.ts'
import type { WebhookEndpoint } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { removeCommand } from '../remove-command.ts'
import type { Session } from '../session.ts'
import { ago } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'

const EVENTS = ['message', 'outcome', 'instance'] as const satisfies WebhookEndpoint['events']

/** `webhook-endpoints list`, `add`, `remove` and `test` */
export function addWebhookEndpoints(parent: Command, cli: Cli): void {
  const endpoints = parent
    .command('webhook-endpoints')
    .alias('webhook-endpoint')
    .description('programs to which zapfleet posts what happens, signed')
  examples(
    endpoints,
    'webhook-endpoints list',
    'webhook-endpoints add bot https://bot.example.com/zapfleet --events outcome',
    'webhook-endpoints test bot',
  )

  const list = endpoints
    .command('list')
    .alias('ls')
    .description('all of them and their last delivery; never the secrets')
    .action(
      acts(cli, async (session) => {
        const all = await session.client().webhookEndpoint.list.query({}, session.call)
        if (session.json) return session.printJson(all)
        if (all.length === 0) return session.print(t`There are no webhook endpoints.`)
        session.print(endpointLines(session, all))
      }),
    )
  examples(list, 'webhook-endpoints list')

  const add = endpoints
    .command('add')
    .argument('<name>', '1 to 50 letters, digits, - or _')
    .argument('<url>', 'where the program takes a POST')
    .description('post events to a program; the secret is shown this once, on stdout')
    .addOption(eventsOption())
    .option('--secret-file <file>', 'the file with a secret of your own; - reads it from standard input')
    .action(
      acts(
        cli,
        async (
          session,
          name: string,
          url: string,
          { events, secretFile }: { events: WebhookEndpoint['events']; secretFile?: string },
        ) => {
          const secret =
            secretFile === undefined ? undefined : readSecretFile(session.world, secretFile, '--secret-file')
          const made = await session
            .client()
            .webhookEndpoint.create.mutate(given({ name, url, events, secret }), session.call)
          if (session.json) return session.printJson(made)
          session.say(t`${plain(made.name)}: events from now on are posted to ${plain(made.url)}.`)
          if (made.secret === null) return
          session.say(t`Its secret is shown this once; keep it now:`)
          session.print(made.secret)
        },
      ),
    )
  examples(
    add,
    'webhook-endpoints add bot https://bot.example.com/zapfleet --events outcome > webhook-secret',
    'webhook-endpoints add panel http://10.0.0.5:8000/ --events message,instance',
  )

  removeCommand(endpoints, cli, {
    description: 'post nothing more to a program',
    example: 'bot',
    question: (name) => t`Remove the webhook endpoint ${name}? What it has not received yet is lost to it.`,
    remove: (session, name) => session.client().webhookEndpoint.delete.mutate({ name }, session.call),
    done: (name) => t`The webhook endpoint ${name} is removed.`,
  })

  const test = endpoints
    .command('test')
    .argument('<name>', 'the name, as webhook-endpoints list shows it')
    .description('post a test event now and print how it was answered')
    .action(
      acts(cli, async (session, name: string) => {
        const tested = await session.client().webhookEndpoint.test.mutate({ name }, session.call)
        const { lastDelivery } = tested
        if (session.json) session.printJson(tested)
        else if (lastDelivery?.ok) session.print(t`${plain(tested.name)} accepted the test event.`)
        else session.print(t`${plain(tested.name)} did not accept it: ${plain(lastDelivery?.error ?? '')}`)
        return lastDelivery?.ok ? 'ok' : 'unexpected'
      }),
    )
  examples(test, 'webhook-endpoints test bot')
}

function eventsOption(): Option {
  return new Option('--events <kinds>', 'what to post, with commas: message, outcome, instance')
    .argParser((text: string, before: string[] | undefined) => {
      const kinds = several(text, before)
      if (kinds.length === 0 || kinds.some((kind) => !(EVENTS as readonly string[]).includes(kind)))
        throw new InvalidArgumentError(t`Expected some of message, outcome, instance.`)
      return [...new Set(kinds)]
    })
    .makeOptionMandatory()
}

function endpointLines({ paint, width, world }: Session, all: readonly WebhookEndpoint[]): string[] {
  const now = world.now()
  const columns: Column<WebhookEndpoint>[] = [
    { title: t`NAME`, cell: ({ name }) => name },
    { title: t`ADDRESS`, least: 16, cell: ({ url }) => url },
    { title: t`EVENTS`, cell: ({ events }) => events.join(', ') },
    {
      title: t`LAST DELIVERY`,
      least: 10,
      cell: ({ lastDelivery }) => {
        if (lastDelivery === null) return t`never`
        const { ok, at, error } = lastDelivery
        const when = ago(at, now)
        return ok ? { text: when, paint: paint.green } : { text: `${when}: ${error}`, paint: paint.red }
      },
    },
  ]
  return table(all, columns, { width, title: paint.dim })
}
