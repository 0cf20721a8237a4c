import fc from 'fast-check'

/** The parts of JSON Schema that zod writes for our inputs. */
export type Schema = {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  maxItems?: number
}

/** Values that exist in the fleet of the run, by the name of their field. */
export type Known = Record<string, readonly string[]>

/** A number as JSON text. JavaScript's own format would lose its unusual form. */
const ODD_NUMBERS = [
  '-0',
  '1e999',
  '1e-400',
  '-1',
  '0.1',
  '9007199254740993',
  `1${'0'.repeat(400)}`,
  '2147483648',
]

/** The limits of calendars, JavaScript and PostgreSQL, some beyond one of them. */
const ODD_INSTANTS = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '2024-02-29T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-25T24:00:00Z',
  '+275760-09-13T00:00:00.001Z',
]

const instant = fc
  .date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') })
  .map((at) => at.toISOString())

const WORDS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'NaN',
  'Infinity',
  'true',
  '',
]
const MARKS = [
  '\0',
  '\ud800',
  '\udc00x',
  '\u202e',
  '\ufeff',
  '\r\nx: y',
  "'; drop table x; --",
  '$x{y}',
  '../..',
]

/** Text that parsers fail on; huge ones among them, rarely, since each is slow. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.string({ maxLength: 5 }), fc.constantFrom(...MARKS)).map((two) => two.join('')),
  },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(49, 50, 51, 255, 256, 5_000, 100_000).map((length) => '🏬'.repeat(length)),
  },
)

/** A value for a field, as JSON text. */
const hostileLeaf: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
  { weight: 3, arbitrary: fc.constantFrom('null', 'true', 'false', '[]', '{}', '"1"', '[null]', '{"":{}}') },
  { weight: 2, arbitrary: fc.json({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(10, 1_000, 20_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(101, 5_000).map((length) => `[${Array(length).fill('"x"').join()}]`),
  },
)

/** Text that is not JSON. */
const NO_JSON = [
  '',
  ' ',
  '{',
  '{"a"',
  'undefined',
  'NaN',
  "{'a':1}",
  '{"a":1}}',
  '{"a":1,}',
  '\ufeff{}',
  '{}\0',
  '"\ud800"',
]

/** JSON text that is valid by the schema. */
function validJson(schema: Schema, known: Known, field = ''): fc.Arbitrary<string> {
  if (schema.const !== undefined) return fc.constant(JSON.stringify(schema.const))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map((one) => JSON.stringify(one)))
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return fc.oneof(...either.map((one) => validJson(one, known, field)))
  if (schema.allOf?.[0] !== undefined) return validJson(schema.allOf[0], known, field)
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => validJson({ ...schema, type }, known, field)))
  switch (schema.type) {
    case 'object':
      return objectJson(schema, known)
    case 'array':
      return fc
        .array(validJson(schema.items ?? {}, known, field), { maxLength: Math.min(schema.maxItems ?? 5, 5) })
        .map((items) => `[${items.join()}]`)
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'null':
      return fc.constant('null')
    case 'integer':
    case 'number': {
      const min = Math.max(schema.minimum ?? 0, -1e9)
      const max = Math.min(schema.maximum ?? 1e9, 1e9)
      return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max })).map(String)
    }
    case 'string':
      return textJson(schema, known[field] ?? [])
    default:
      return fc.json({ maxDepth: 2 })
  }
}

function textJson(schema: Schema, candidates: readonly string[]): fc.Arbitrary<string> {
  const fresh = freshText(schema).map((text) => JSON.stringify(text))
  if (candidates.length === 0) return fresh
  const existing = fc.constantFrom(...candidates).map((text) => JSON.stringify(text))
  return fc.oneof({ weight: 2, arbitrary: existing }, { weight: 1, arbitrary: fresh })
}

function freshText({ pattern, format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') return fc.oneof(instant, fc.constantFrom(...ODD_INSTANTS))
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: 'grapheme' })
}

function objectJson(schema: Schema, known: Known): fc.Arbitrary<string> {
  const entries = Object.entries(schema.properties ?? {})
  const fields = entries.map(([name, property]) => {
    const value = validJson(property, known, name).map((json) => `${JSON.stringify(name)}:${json}`)
    return schema.required?.includes(name) ? value : fc.option(value, { nil: null })
  })
  return fc.tuple(...fields).map((written) => `{${written.filter((one) => one !== null).join()}}`)
}

/** JSON text that is almost valid: one field removed, added, doubled, or with an invalid value. */
function nearlyValidJson(schema: Schema, known: Known): fc.Arbitrary<string> {
  const names = Object.keys(schema.properties ?? {})
  const strange = fc.constantFrom('__proto__', 'constructor', 'toString', 'Name', 'contact_id', '', 'a"b\0')
  const name =
    names.length === 0
      ? strange
      : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: strange })
  return fc.tuple(validJson(schema, known), name, hostileLeaf, fc.nat(2)).map(([json, field, leaf, how]) => {
    const inner = json.startsWith('{') ? json.slice(1, -1) : ''
    const added = `${JSON.stringify(field)}:${leaf}`
    // Of two fields of one name JSON.parse keeps the last.
    if (how === 0) return `{${[inner, added].filter(Boolean).join()}}`
    if (how === 1) return `{${[added, inner].filter(Boolean).join()}}`
    return `{${added}}`
  })
}

/** Any text, JSON or not. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: hostileLeaf },
  { weight: 1, arbitrary: fc.constantFrom(...NO_JSON) },
)

/** An input for this schema: often valid, often almost valid, at times anything. */
export function anyInput(schema: Schema, known: Known): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: validJson(schema, known) },
    { weight: 4, arbitrary: nearlyValidJson(schema, known) },
    { weight: 2, arbitrary: hostileJson },
  )
}
