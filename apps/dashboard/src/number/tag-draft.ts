import { INSTANCE_LIMITS } from '@zapfleet/client'
import type { Instance } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'

/** The tags of a number as a form has them: those that are added, and the text that is typed. */
export type TagDraft = { tags: readonly string[]; tagText: string }

const { tagsMax, tagPattern } = INSTANCE_LIMITS
const TAG = new RegExp(tagPattern, 'u')

export const NO_TAGS: TagDraft = { tags: [], tagText: '' }

export function tagDraftOf({ tags }: Instance): TagDraft {
  return { tags, tagText: '' }
}

/** The draft after a change of its text: each part before a comma becomes a tag. */
export function withText(draft: TagDraft, text: string): TagDraft {
  const parts = text.split(/[,\n]/)
  const tagText = parts.pop() ?? ''
  return { tags: [...new Set([...draft.tags, ...parts.flatMap((part) => part.trim() || [])])], tagText }
}

/** The draft with the text that is typed as a tag. */
export function withTyped(draft: TagDraft): TagDraft {
  return withText(draft, `${draft.tagText},`)
}

/** Why the API would refuse the tags, as a sentence; undefined: it would not. */
export function tagProblem(draft: TagDraft, w: Words): string | undefined {
  const { tags } = withTyped(draft)
  const wrong = tags.find((tag) => !TAG.test(tag))
  if (wrong !== undefined) return w.tags.invalid(wrong)
  return tags.length > tagsMax ? w.tags.tooMany(tagsMax, tags.length) : undefined
}

/** The tags to send: none where the draft has those that are stored, in any order. */
export function readTags(draft: TagDraft, stored: TagDraft): { tags?: string[] } {
  const tags = [...withTyped(draft).tags].sort()
  const before = [...stored.tags].sort()
  const isSame = tags.length === before.length && tags.every((tag, at) => tag === before[at])
  return isSame ? {} : { tags }
}

/** Every tag of the numbers with how many have it, by name. */
export function countTags(instances: readonly Pick<Instance, 'tags'>[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { tags } of instances) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return new Map([...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Tags to offer: those that begin with or contain the typed text and are not in the draft, the most frequent first. */
export function suggestedTags(
  { tags, tagText }: TagDraft,
  known: ReadonlyMap<string, number>,
  most: number,
): string[] {
  const wanted = tagText.trim().toLowerCase()
  const rank = (tag: string): number => (tag.toLowerCase().startsWith(wanted) ? 0 : 1)
  return [...known]
    .filter(([tag]) => !tags.includes(tag) && tag.toLowerCase().includes(wanted))
    .sort(([one, count], [other, otherCount]) => rank(one) - rank(other) || otherCount - count)
    .slice(0, most)
    .map(([tag]) => tag)
}
