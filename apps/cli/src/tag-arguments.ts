import { INSTANCE_LIMITS } from '@zapfleet/client'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isNone, type None } from './budget-arguments.ts'
import { several } from './command.ts'
import type { Instance } from './connection/open-client.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import type { Session } from './session.ts'

const { tagsMax, tagMaxLength, tagPattern } = INSTANCE_LIMITS
const TAG = new RegExp(tagPattern, 'u')

/** The options of `instances update` that change tags. */
export type TagFlags = { tags?: string[] | None; addTags?: string[]; removeTags?: string[] }

/** Reads one tag. */
function tagArgument(text: string): string {
  const tag = text.trim()
  if (TAG.test(tag)) return tag
  throw new InvalidArgumentError(
    t`Expected a tag of 1 to ${tagMaxLength} characters, without commas and line ends.`,
  )
}

/** Reads tags, separated by commas or given one after the other. */
export function tagList(text: string, before: string[] | undefined): string[] {
  const words = several(text, before)
  if (words.length === (before?.length ?? 0)) throw new InvalidArgumentError(t`Expected at least one tag.`)
  return [...new Set(words.map(tagArgument))]
}

/** Reads all tags of a number; none removes them. */
function allTags(text: string, before: string[] | None | undefined): string[] | None {
  if (isNone(text)) return 'none'
  return atMost(tagList(text, before === 'none' ? undefined : before))
}

function atMost(tags: string[]): string[] {
  if (tags.length <= tagsMax) return tags
  throw new InvalidArgumentError(t`Expected at most ${tagsMax} tags, received ${tags.length}.`)
}

/** `--tags`, for a number that is created. */
export function tagsOption(): Option {
  return new Option('--tags <tags>', 'the pools that it belongs to, separated by commas').argParser(tagList)
}

/** `--tags`, `--add-tags`, `--remove-tags`, for a number that exists. */
export function withTagChanges(command: Command): Command {
  const others = ['addTags', 'removeTags']
  return command
    .addOption(
      new Option(
        '--tags <tags>',
        'the pools that it belongs to, separated by commas, instead of those before; none: no pool',
      )
        .argParser(allTags)
        .conflicts(others),
    )
    .addOption(new Option('--add-tags <tags>', 'it belongs to these pools as well').argParser(tagList))
    .addOption(new Option('--remove-tags <tags>', 'it no longer belongs to these pools').argParser(tagList))
}

/**
 * The tags that a number has after these options; undefined where none of them is given. `--add-tags` and `--remove-tags` read the present ones.
 *
 * @throws Refusal (usage) for more tags than a number may have
 */
export async function tagsAfter(
  session: Session,
  name: string,
  { tags, addTags = [], removeTags = [] }: TagFlags,
): Promise<string[] | undefined> {
  if (tags !== undefined) return tags === 'none' ? [] : tags
  if (addTags.length + removeTags.length === 0) return undefined
  const { tags: present } = await session.client().instance.get.query({ name }, session.call)
  const after = [...new Set([...present, ...addTags])].filter((tag) => !removeTags.includes(tag))
  if (after.length <= tagsMax) return after
  throw new Refusal('usage', t`Expected at most ${tagsMax} tags, received ${after.length}.`)
}

/** `--pool` */
export function poolOption(description: string): Option {
  return new Option('--pool <tag>', description).argParser(tagArgument)
}

/** The tags of numbers, each once, in order. An API of an earlier release answers none. */
export function tagsOf(instances: readonly Pick<Instance, 'tags'>[]): string[] {
  return [...new Set(instances.flatMap(({ tags = [] }) => tags))].sort()
}
