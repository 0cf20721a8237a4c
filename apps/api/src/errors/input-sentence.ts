import type { ZodError } from 'zod'

type Issue = ZodError['issues'][number]

/** The problems that a sentence lists; further ones are counted. */
const MOST_ISSUES = 5

/**
 * A refused input as one sentence for a person: each field, what was expected, what was received.
 *
 * @param input the raw input, of which only the refused values are shown, shortened
 */
export function inputSentence(error: ZodError, input: unknown): string {
  const shown = error.issues.slice(0, MOST_ISSUES).map((issue) => describe(issue, valueAt(input, issue.path)))
  const more = error.issues.length - shown.length
  return `Invalid input: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`
}

function describe(issue: Issue, received: unknown): string {
  const field = issue.path.length === 0 ? '' : `${fieldName(issue.path)}: `
  switch (issue.code) {
    case 'unrecognized_keys': {
      const names = issue.keys.slice(0, MOST_ISSUES).map((key) => show(key))
      return `${field}unknown field ${names.join(', ')}`
    }
    case 'invalid_value':
      return `${field}expected ${oneOf(issue.values)}, got ${show(received)}`
    case 'invalid_type':
      return `${field}expected ${article(issue.expected)}, got ${show(received)}`
    case 'invalid_format':
      // A pattern has its words in the schema, and some other formats have.
      return issue.format === 'regex' || issue.message.startsWith('expected ')
        ? `${field}${issue.message}, got ${show(received)}`
        : `${field}expected ${article(issue.format)}, got ${show(received)}`
    case 'too_small':
      return `${field}expected at least ${issue.minimum}${unit(issue.origin)}, got ${amount(received)}`
    case 'too_big':
      return `${field}expected at most ${issue.maximum}${unit(issue.origin)}, got ${amount(received)}`
    default:
      return `${field}${issue.message}`
  }
}

function fieldName(path: PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('')
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  let value = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? show(values[0]) : `one of ${values.map((value) => show(value)).join(', ')}`
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' items' : ''
}

function amount(received: unknown): string {
  return Array.isArray(received) ? String(received.length) : show(received)
}

const NAMES: Record<string, string> = { int: 'a whole number', uuid: 'a UUID' }

function article(kind: string): string {
  return NAMES[kind] ?? (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`)
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  const characters = [...value]
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : value)
}
