import { type Command, InvalidArgumentError, Option } from 'commander'
import { acts, type Cli, examples, given, several } from '../command.ts'
import type { AlertRoute } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text-width.ts'
import { readRouteSecret, readSecretOption } from './route-secret.ts'

type QuietHours = NonNullable<AlertRoute['quietHours']>

/** What `add` and `change` have in common. */
type Rules = {
  minSeverity?: AlertRoute['minSeverity']
  quiet?: QuietHours | 'off'
  language?: AlertRoute['language']
}

/** `alert-routes add` and `change` */
export function addSetRoute(routes: Command, cli: Cli): void {
  addAdd(routes, cli)
  addChange(routes, cli)
}

function addAdd(routes: Command, cli: Cli): void {
  const add = routes
    .command('add')
    .description('send alerts to people by a new route; secrets are read from a file or typed unseen')
  examples(add, 'alert-routes add slack team', 'alert-routes add email night --to ops@example.com')

  const slack = withRules(
    add
      .command('slack')
      .argument('<name>', '1 to 50 letters, digits, - or _')
      .description('an incoming webhook of Slack; its URL is read, never given as an argument'),
  )
    .option(...ADDRESS_FILE)
    .action(
      acts(cli, async (session, name: string, options: Rules & { addressFile?: string }) => {
        const webhookUrl = await readRouteSecret(session.world, 'address', options.addressFile)
        const made = session
          .client()
          .alertRoute.create.mutate({ name, kind: 'slack', webhookUrl, ...rulesOf(options) }, session.call)
        show(session, await made)
      }),
    )
  examples(slack, 'alert-routes add slack team --address-file slack-url --quiet 22:00-07:00')

  const telegram = withRules(
    add
      .command('telegram')
      .argument('<name>', '1 to 50 letters, digits, - or _')
      .description('a chat of Telegram, by a bot of yours; its token is read, never given as an argument')
      .requiredOption('--chat <id>', 'the id of the chat, or @name of a public channel'),
  )
    .option(...TOKEN_FILE)
    .action(
      acts(cli, async (session, name: string, options: Rules & { chat: string; tokenFile?: string }) => {
        const botToken = await readRouteSecret(session.world, 'token', options.tokenFile)
        const route = { name, kind: 'telegram', botToken, chatId: options.chat, ...rulesOf(options) } as const
        show(session, await session.client().alertRoute.create.mutate(route, session.call))
      }),
    )
  examples(telegram, 'alert-routes add telegram plantao --chat=-1001234567890 --language pt-BR')

  const email = withRules(
    add
      .command('email')
      .argument('<name>', '1 to 50 letters, digits, - or _')
      .description(
        'e-mail, sent through the mail server of SMTP_URL or, with --address-file, through another one',
      )
      .addOption(recipients().makeOptionMandatory()),
  )
    .option(
      '--address-file <file>',
      'the file with the smtps:// URL of a mail server that only this route uses',
    )
    .action(
      acts(cli, async (session, name: string, options: Rules & { to: string[]; addressFile?: string }) => {
        const smtpUrl = readSecretOption(session.world, '--address-file', options.addressFile)
        const route = given({ name, kind: 'email' as const, to: options.to, smtpUrl, ...rulesOf(options) })
        show(session, await session.client().alertRoute.create.mutate(route, session.call))
      }),
    )
  examples(email, 'alert-routes add email night --to ops@example.com --min-severity critical')

  const webhook = withRules(
    add
      .command('webhook')
      .argument('<name>', '1 to 50 letters, digits, - or _')
      .description('a program, signed; its URL is read, and the secret is shown this once, on stdout'),
  )
    .option(...ADDRESS_FILE)
    .option(...SECRET_FILE)
    .action(
      acts(
        cli,
        async (session, name: string, options: Rules & { addressFile?: string; secretFile?: string }) => {
          const url = await readRouteSecret(session.world, 'address', options.addressFile)
          const secret = readSecretOption(session.world, '--secret-file', options.secretFile)
          const route = given({ name, kind: 'webhook' as const, url, secret, ...rulesOf(options) })
          show(session, await session.client().alertRoute.create.mutate(route, session.call))
        },
      ),
    )
  examples(webhook, 'alert-routes add webhook panel --address-file panel-url > panel-secret')
}

type Changes = Rules & {
  to?: string[]
  chat?: string
  addressFile?: string
  tokenFile?: string
  secretFile?: string
  fleetMailServer?: boolean
}

function addChange(routes: Command, cli: Cli): void {
  const change = withRules(
    routes
      .command('change')
      .alias('update')
      .argument('<name>', 'the name, as alert-routes list shows it')
      .description('change a route; what is not given stays, the secrets too')
      .addOption(recipients())
      .option('--chat <id>', 'the id of the chat, or @name of a public channel'),
  )
    .option(...ADDRESS_FILE)
    .option(...TOKEN_FILE)
    .option(...SECRET_FILE)
    .option('--fleet-mail-server', 'send e-mail by the server of SMTP_URL again')
    .action(
      acts(cli, async (session, name: string, options: Changes) => {
        const { world } = session
        const address = readSecretOption(world, '--address-file', options.addressFile)
        const botToken = readSecretOption(world, '--token-file', options.tokenFile)
        const secret = readSecretOption(world, '--secret-file', options.secretFile)
        const { to, chat: chatId, fleetMailServer } = options
        const rules = rulesOf(options)
        if (
          [address, botToken, secret, to, chatId, fleetMailServer, ...Object.values(rules)].every(
            (one) => one === undefined,
          )
        )
          throw new Refusal(
            'usage',
            t`There is nothing to change: give --min-severity, --quiet, --language, --to, --chat, --address-file, --token-file, --secret-file or --fleet-mail-server.`,
          )
        const field = address === undefined ? {} : { [await addressField(session, name)]: address }
        const changes = given({ to, chatId, botToken, secret, ...rules })
        const changed = await session
          .client()
          .alertRoute.update.mutate(
            { name, ...changes, ...field, ...(fleetMailServer && { smtpUrl: null }) },
            session.call,
          )
        if (session.json) return session.printJson(changed)
        session.print(t`The alert route ${plain(changed.name)} is changed.`)
      }),
    )
  examples(
    change,
    'alert-routes change team --quiet off --min-severity info',
    'alert-routes change team --address-file new-slack-url',
  )
}

/** The field that holds the address of a route, by its kind. A name that no route has is refused by the update. */
async function addressField(session: Session, name: string): Promise<'webhookUrl' | 'url' | 'smtpUrl'> {
  const all = await session.client().alertRoute.list.query({}, session.call)
  const kind = all.find((one) => one.name === name)?.kind
  return kind === 'webhook' ? 'url' : kind === 'email' ? 'smtpUrl' : 'webhookUrl'
}

const ADDRESS_FILE = [
  '--address-file <file>',
  'the file with the URL; - reads it from standard input',
] as const
const TOKEN_FILE = [
  '--token-file <file>',
  'the file with the token of the bot; - reads it from standard input',
] as const
const SECRET_FILE = [
  '--secret-file <file>',
  'the file with a secret of your own for the signatures; - reads it from standard input',
] as const

function withRules(command: Command): Command {
  return command
    .addOption(
      new Option('--min-severity <severity>', 'the least urgent alerts that are sent').choices([
        'info',
        'warning',
        'critical',
      ]),
    )
    .addOption(
      new Option(
        '--quiet <from-to>',
        'hours in which only critical alerts are sent, as 22:00-07:00; off: none',
      ).argParser(quietHours),
    )
    .addOption(new Option('--language <language>', 'language of the texts').choices(['en', 'pt-BR']))
}

function recipients(): Option {
  return new Option('--to <addresses>', 'e-mail addresses, with commas').argParser(several)
}

function quietHours(text: string): QuietHours | 'off' {
  if (text === 'off') return 'off'
  const [, from, to] = /^(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$/.exec(text) ?? []
  if (from !== undefined && to !== undefined) return { from: from.padStart(5, '0'), to: to.padStart(5, '0') }
  throw new InvalidArgumentError(t`Expected hours as 22:00-07:00, or off.`)
}

function rulesOf({ minSeverity, quiet, language }: Rules) {
  return given({ minSeverity, quietHours: quiet === 'off' ? null : quiet, language })
}

function show(session: Session, made: AlertRoute & { secret: string | null }): void {
  if (session.json) {
    session.printJson(made)
    return
  }
  session.say(t`${plain(made.name)}: alerts from now on are sent to ${plain(addressOf(made))}.`)
  session.say(t`Send a test message with: ${`zapfleet alert-routes test ${made.name}`}`)
  if (made.secret === null) return
  session.say(t`Its secret is shown this once; keep it now:`)
  session.print(made.secret)
}

/** Where a route leads, without its secrets. */
export function addressOf({ kind, address: { host, chatId, to } }: AlertRoute): string {
  if (kind === 'telegram') return `Telegram ${chatId}`
  if (kind === 'email') return to?.join(', ') ?? ''
  return host ?? kind
}
