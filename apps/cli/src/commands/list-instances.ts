import { type Command, InvalidArgumentError, Option } from 'commander'
import { acts, type Cli, examples, given, several } from '../command.ts'
import type { Instance } from '../connection/open-client.ts'
import { arranged, SORTS, type Sort } from '../instance-order.ts'
import { t } from '../language.ts'
import { noSuchTag } from '../no-such-tag.ts'
import type { Refusal } from '../refusal.ts'
import { serversOf, unknownServer } from '../server-words.ts'
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
  server?: string[]
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
      new Option('--server <name...>', 'only those on one of these servers, or that move to it').argParser(
        serverNames,
      ),
    )
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
        const { tag, server } = options
        const tagged = tag === undefined ? read : await having(session, read, tag, tagsOfOne, unknownTag)
        const all =
          server === undefined ? tagged : await having(session, tagged, server, serversOf, unknownServer)
        const instances =
          session.json && options.sort === undefined && !options.reverse
            ? all
            : arranged(all, options.sort ?? 'attention', options.reverse)
        if (session.json) return session.printJson(instances)
        const { paint, width } = session
        if (instances.length === 0)
          return session.say(
            emptyWords(Object.keys(input).length > 0 || tag !== undefined || server !== undefined),
          )
        session.print(instanceLines(instances, { paint, now: session.world.now(), width }))
        if (session.world.stdout.isTTY) session.say(session.paintTalk.dim(footer(instances)))
      }),
    )
  examples(
    list,
    'instances list',
    'instances list --status banned,disconnected',
    'instances list --tag vendas',
    'instances list --server evolution-2',
    'instances list --sort day --reverse',
    'instances list --available --json | jq -r ".[].name"',
  )
}

const tagsOfOne = ({ tags }: Instance): readonly string[] => tags

const unknownTag = async (tag: string, fleet: readonly Instance[]): Promise<Refusal> => noSuchTag(tag, fleet)

/** Those of the numbers that have one of the words. @throws Refusal by `unknown`, which is called for one that no number of the fleet has */
async function having(
  session: Session,
  instances: readonly Instance[],
  words: readonly string[],
  wordsOf: (one: Instance) => readonly string[],
  unknown: (word: string, fleet: readonly Instance[], session: Session) => Promise<Refusal | null>,
): Promise<Instance[]> {
  const missing = (among: readonly Instance[]) =>
    words.filter((word) => !among.some((one) => wordsOf(one).includes(word)))
  if (missing(instances).length > 0) {
    const fleet = await session.client().instance.list.query({}, session.call)
    for (const word of missing(fleet)) {
      const refusal = await unknown(word, fleet, session)
      if (refusal !== null) throw refusal
    }
  }
  return instances.filter((one) => wordsOf(one).some((word) => words.includes(word)))
}

/** Reads names of servers, separated by commas or given one after the other. */
function serverNames(text: string, before: string[] | undefined): string[] {
  const names = several(text, before)
  if (names.length > (before?.length ?? 0)) return names
  throw new InvalidArgumentError(t`Expected at least one server.`)
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
