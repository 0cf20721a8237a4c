import { type Command, Option } from 'commander'
import { acts, type Cli, examples, given, instantArgument, several, wholeNumber } from '../command.ts'
import { confirmed } from '../confirmed.ts'
import type { ApiKey } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { ago, stamp } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'

const ROLES = ['bot', 'viewer', 'admin'] as const satisfies ApiKey['role'][]

type NewKey = { role: ApiKey['role']; pools?: string[]; expires?: string }

/** `keys list`, `create`, `rotate` and `revoke` */
export function addKeys(parent: Command, cli: Cli): void {
  const keys = parent
    .command('keys')
    .alias('key')
    .description('who may call: keys of bots, viewers and admins')
  examples(keys, 'keys list', 'keys create "the bot of the shop" --role bot', 'keys rotate <id> --grace 3600')

  const list = keys
    .command('list')
    .alias('ls')
    .description('all keys and their ends; never the secrets')
    .action(
      acts(cli, async (session) => {
        const all = await session.client().key.list.query({}, session.call)
        if (session.json) return session.printJson(all)
        session.print(keyLines(session, all))
      }),
    )
  examples(list, 'keys list', 'keys list --json | jq ".[] | select(.lastUsedAt == null)"')

  const create = keys
    .command('create')
    .argument('<label>', 'what it is for, in up to 80 characters')
    .description('make a key; its secret is shown this once, on stdout')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option(
      '--pools <pools>',
      'it sees and uses the numbers with these tags alone, separated by commas',
      several,
    )
    .addOption(expiresOption())
    .action(
      acts(cli, async (session, label: string, { role, pools, expires }: NewKey) => {
        const input = given({ label, role, pools, expiresAt: expires })
        showSecret(session, await session.client().key.create.mutate(input, session.call))
      }),
    )
  examples(
    create,
    'keys create "the bot of the shop" --role bot > bot-key',
    'keys create "wall screen" --role viewer --expires 2027-12-31',
    'keys create "the sales bot" --role bot --pools vendas,suporte > bot-key',
  )

  const rotate = keys
    .command('rotate')
    .argument('<id>', 'the key’s id, as keys list shows it')
    .description('make a key that takes over from another, which ends after a grace')
    .option('--grace <seconds>', 'so long the old one still works', wholeNumber(0, 100_000_000))
    .addOption(expiresOption())
    .action(
      acts(cli, async (session, id: string, { grace, expires }: { grace?: number; expires?: string }) => {
        const input = given({ id, graceSeconds: grace, expiresAt: expires })
        const made = await session.client().key.rotate.mutate(input, session.call)
        showSecret(session, made)
        const { label, expiresAt } = made.replaced
        if (!session.json && expiresAt !== null)
          session.say(t`The old key (${plain(label)}) works until ${stamp(expiresAt)}.`)
      }),
    )
  examples(rotate, 'keys rotate 01a204bd-49f0-7cc1-b7b1-3f0a4d1c2e55 --grace 3600 > bot-key')

  const revoke = keys
    .command('revoke')
    .argument('<id>', 'the key’s id, as keys list shows it')
    .description('end a key at once')
    .option('--also-made', 'end the keys that it made as well')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      acts(cli, async (session, id: string, { yes, alsoMade }: { yes?: boolean; alsoMade?: boolean }) => {
        const { key } = session.client()
        if (!yes) {
          const one = (await key.list.query({}, session.call)).find((known) => known.id === id)
          const which = one === undefined ? id : `${id} (${plain(one.label)}, ${one.role})`
          await confirmed(
            session,
            t`End the key ${which}? Who uses it is refused at once.`,
            `zapfleet keys revoke ${id}${alsoMade ? ' --also-made' : ''} --yes`,
          )
        }
        const ended = await key.revoke.mutate(given({ id, alsoMade }), session.call)
        if (session.json) return session.printJson(ended)
        session.print(t`The key ${plain(ended.label)} is ended.`)
        if (ended.made.length === 0) return
        session.print(
          alsoMade ? t`The keys that it made are ended as well:` : t`It made keys that still work:`,
        )
        session.print(keyLines(session, ended.made))
      }),
    )
  examples(revoke, 'keys revoke 01a204bd-49f0-7cc1-b7b1-3f0a4d1c2e55', 'keys revoke k7mf2q --also-made')
}

function expiresOption(): Option {
  const option = new Option('--expires <instant>', 'when it ends, as 2027-12-31 or 2027-12-31T12:00:00Z')
  return option.argParser(instantArgument)
}

/** Only the secret goes to stdout, so that it can be redirected into a file; its description goes to stderr. */
function showSecret(session: Session, made: { key: ApiKey; secret: string }): void {
  if (session.json) {
    session.printJson(made)
    return
  }
  const { label, role, id, expiresAt, pools } = made.key
  session.say(
    t`${plain(label)}: a key of role ${role}, id ${id}${expiresAt === null ? '' : t`, until ${stamp(expiresAt)}`}.`,
  )
  if (pools?.length)
    session.say(t`It sees and uses the numbers of these pools alone: ${plain(pools.join(', '))}`)
  session.say(t`Its secret is shown this once; keep it now:`)
  session.print(made.secret)
}

function keyLines({ paint, width, world }: Session, all: readonly ApiKey[]): string[] {
  const now = world.now()
  const columns: Column<ApiKey>[] = [
    { title: t`ID`, cell: ({ id }) => id },
    { title: t`LABEL`, least: 8, cell: ({ label }) => label },
    { title: t`ROLE`, cell: ({ role }) => role },
    ...(all.some(({ pools }) => pools?.length)
      ? [{ title: t`POOLS`, least: 6, cell: ({ pools }: ApiKey) => plain((pools ?? []).join(', ')) }]
      : []),
    {
      title: t`STATE`,
      cell: ({ state }) => ({ text: state, paint: state === 'active' ? paint.green : paint.dim }),
    },
    {
      title: t`LAST USED`,
      cell: ({ lastUsedAt, source }) => (source === 'environment' ? '' : ago(lastUsedAt, now) || t`never`),
    },
    { title: t`ENDS`, least: 10, cell: ({ expiresAt, revokedAt }) => endOf(revokedAt ?? expiresAt) },
  ]
  return table(all, columns, { width, title: paint.dim })
}

function endOf(instant: string | null): string {
  return instant === null ? '' : stamp(instant).slice(0, 16)
}
