import { z } from 'zod'
import { text } from '../ground/text.ts'
import { INSTANCE_LIMITS } from './limits.ts'

/** Control and format characters, and a comma, which separates tags on a command line. */
const FORBIDDEN = /[\p{C}\p{Zl}\p{Zp},]/u

const tagProblem = (tag: string): string | null => {
  if (tag !== tag.trim()) return 'expected a tag without blanks around it'
  return FORBIDDEN.test(tag) ? 'expected a tag without commas, line ends and other control characters' : null
}

/** A tag of instances, which names a pool: 1 to 50 characters, such as `vendas`. Capitals make another tag. */
export const tag = text(INSTANCE_LIMITS.tagMaxLength).refine((value) => tagProblem(value) === null, {
  error: (issue) => tagProblem(String(issue.input)) ?? undefined,
})

/** The tags of one instance, without repetitions, in order. */
export const tags = z
  .array(tag)
  .max(INSTANCE_LIMITS.tagsMax)
  .transform((given) => [...new Set(given)].sort())
