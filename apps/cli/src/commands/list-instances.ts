import { type Command, InvalidArgumentError, Option } from 'commander'
import { acts, type Cli, examples, given, several } from '../command.ts'
import type { Instance } from '../connection/open-client.ts'
import { arranged, SORTS, type Sort } from '../instance-order.ts'
import { t } from '../language.ts'
import { noSuchTag } from '../no-such-tag.ts'
import type { Session } from '../session.ts'
import { tagList } from '../tag-arguments.ts'
import { numbers } from '../terminal/figures.ts'
import { instanceLines } from '../terminal/instance-table.ts'

/** The statuses of a number, as the API takes them. */
const STATUSES = [
  'connected',
  'connecting',
  'disconnected',
  'banned',
  'unknown',
] as const satisfies Instance['status'][]

type ListFlags = {
  status?: Instance['status'][]
  tag?: string[]
  available?: boolean
  sort?: Sort
  reverse?: boolean
}

/** `instances list` */
export function addListInstances(parent: Command, cli: Cli): void {
  const list = parent
    .command('list')
    .alias('ls')
    .description('all numbers, with what they sent in this hour and today')
    .addOption(new Option('-s, --status <status...>', 'only those with this status').argParser(statuses))
    .addOption(new Option('-t, --tag <tag...>', 'only those with one of these tags').argParser(tagList))
    .addOption(
      new Option('--sort <order>', 'attention: those that need a person first (default: attention)').choices(
        SORTS,
      ),
    )
    .option('-r, --reverse', 'the other way round')
    .option('-a, --available', 'only those that could serve now')
    .action(
      acts(cli, async (session, options: ListFlags) => {
        const input = given({ status: options.status, availableOnly: options.available })
        const read = await session.client().instance.list.query(input, session.call)
        const all = options.tag === undefined ? read : await withTags(session, read, options.tag)
        const instances =
          session.json && options.sort === undefined && !options.reverse
            ? all
            : arranged(all, options.sort ?? 'attention', options.reverse)
        if (session.json) return session.printJson(instances)
        const { paint, width } = session
        if (instances.length === 0)
          return session.say(emptyWords(Object.keys(input).length > 0 || options.tag !== undefined))
        session.print(instanceLines(instances, { paint, now: session.world.now(), width }))
        if (session.world.stdout.isTTY) session.say(session.paintTalk.dim(footer(instances)))
      }),
    )
  examples(
    list,
    'instances list',
    'instances list --status banned,disconnected',
    'instances list --tag vendas',
    'instances list --sort day --reverse',
    'instances list --available --json | jq -r ".[].name"',
  )
}

/** Those of the numbers that have one of the tags. @throws Refusal (notFound) for a tag that no number of the fleet has */
async function withTags(
  session: Session,
  instances: readonly Instance[],
  tags: readonly string[],
): Promise<Instance[]> {
  const missing = (among: readonly Instance[]) =>
    tags.find((tag) => !among.some((one) => one.tags.includes(tag)))
  if (missing(instances) !== undefined) {
    const fleet = await session.client().instance.list.query({}, session.call)
    const unknown = missing(fleet)
    if (unknown !== undefined) throw noSuchTag(unknown, fleet)
  }
  return instances.filter((one) => one.tags.some((tag) => tags.includes(tag)))
}

/** Reads statuses, separated by commas or given one after the other. */
function statuses(text: string, before: Instance['status'][] | undefined): Instance['status'][] {
  const words = several(text, before)
  if (words.length === (before?.length ?? 0)) throw new InvalidArgumentError(t`Expected at least one status.`)
  const wrong = words.find((word) => !(STATUSES as readonly string[]).includes(word))
  if (wrong === undefined) return words as Instance['status'][]
  throw new InvalidArgumentError(t`Allowed choices are ${STATUSES.join(', ')}.`)
}

function emptyWords(narrowed: boolean): string {
  return narrowed
    ? t`No number matches. List all with: zapfleet instances list`
    : t`There are no numbers yet. Add the first with: zapfleet instances create <name>`
}

function footer(instances: readonly Instance[]): string {
  const available = instances.filter((one) => one.available).length
  const troubled = instances.filter((one) => one.action !== null)
  const [first] = troubled
  const advice = first === undefined ? '' : t` What to do: zapfleet instances get ${first.name}`
  return t`${numbers(instances.length)}, ${available} available.${advice}`
}
