import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { MessageInput } from '@zapfleet/client'
import { InvalidArgumentError } from 'commander'
import { readDuration } from './budget-arguments.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'

const MEDIA_KINDS = ['image', 'video', 'document', 'audio'] as const

type Media = NonNullable<MessageInput['media']>

/** The options of `send` that name a file, each with a path or an address. */
export type MediaFlags = Partial<Record<Media['kind'], string>>

/** The largest file that `message.send` takes as base64. */
const MAX_FILE_BYTES = 16 * 1_048_576
/** `validForS` at most: 7 days. */
const MAX_VALID_MS = 604_800_000

/** Reads how long a message may wait for a number, in seconds. */
export function validForArgument(text: string): number {
  const ms = readDuration(text)
  if (ms !== null && ms <= MAX_VALID_MS) return Math.ceil(ms / 1_000)
  throw new InvalidArgumentError(
    t`Expected a duration of at most seven days with its unit, such as 30m, 1h or 2d.`,
  )
}

/**
 * Reads what is sent: the text, or the file of one option.
 *
 * @param cwd the folder in which a relative path begins
 * @throws Refusal (usage) for both, neither, several files, and a file that cannot be read or is too large
 */
export function contentOf(
  cwd: string,
  text: string | undefined,
  flags: MediaFlags & { caption?: string },
): Pick<MessageInput, 'text' | 'media'> {
  const [kind, ...others] = MEDIA_KINDS.filter((one) => flags[one] !== undefined)
  if (kind === undefined) {
    if (text === undefined)
      throw new Refusal('usage', t`Give a text, or a file by --image, --video, --document or --audio.`)
    if (flags.caption !== undefined)
      throw new Refusal('usage', t`--caption is the text below a file: give a file too.`)
    return { text }
  }
  if (others.length > 0) throw new Refusal('usage', t`A message has one file: send the others by themselves.`)
  if (text !== undefined)
    throw new Refusal('usage', t`A message is a text or a file. The text below a file is --caption.`)
  const media = { kind, ...fileOf(cwd, kind, flags[kind] ?? '') }
  return { media: flags.caption === undefined ? media : { ...media, caption: flags.caption } }
}

/** An address as it is, or the file of a path as base64. */
function fileOf(
  cwd: string,
  kind: Media['kind'],
  source: string,
): Pick<Media, 'url' | 'base64' | 'fileName'> {
  if (/^https?:\/\//i.test(source)) return { url: source }
  const file = resolve(cwd, source)
  try {
    const { size } = statSync(file)
    if (size > MAX_FILE_BYTES)
      throw new Refusal(
        'usage',
        t`--${kind}: ${file} has more than 16 MiB. Give its address instead, which Evolution reads.`,
      )
    if (size === 0) throw new Refusal('usage', t`--${kind}: ${file} is empty.`)
    return { base64: readFileSync(file).toString('base64'), fileName: basename(file) }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(
      'usage',
      t`--${kind}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
}
