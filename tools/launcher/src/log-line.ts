/** A line of a child's output: `text` for people, and whether it is a warning or worse. */
export type LogLine = { text: string; urgent: boolean }

/** pino's levels from warning on, as a number and as the word that a child may write. */
const URGENT: Readonly<Record<string, string>> = {
  40: 'warning',
  warn: 'warning',
  50: 'error',
  error: 'error',
  60: 'fatal',
  fatal: 'fatal',
}

/**
 * Reads a line of a child: pino's JSON becomes one sentence. Other lines stay as they are, and are urgent when they came from
 * stderr (a crash, a refused environment).
 */
export function readLogLine(line: string, stream: 'stdout' | 'stderr'): LogLine {
  const entry = parse(line)
  if (!entry) return { text: line, urgent: stream === 'stderr' && line.trim() !== '' }
  const word = URGENT[String(entry.level)]
  const cause = entry.err?.message && entry.err.message !== entry.msg ? `: ${entry.err.message}` : ''
  const text = `${entry.msg ?? entry.message ?? line}${subjectOf(entry)}${cause}`
  return { text: word ? `${word}: ${text}` : text, urgent: word !== undefined }
}

type Entry = {
  level?: unknown
  msg?: string
  message?: string
  err?: { message?: string }
  rule?: unknown
  subject?: unknown
}

/** What an alert of a line is about. */
function subjectOf({ rule, subject }: Entry): string {
  return typeof rule === 'string' && typeof subject === 'string' ? `: ${rule} (${subject})` : ''
}

function parse(line: string): Entry | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as Entry
  } catch {
    return null
  }
}
