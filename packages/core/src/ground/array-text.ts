/**
 * The parameters of a statement, each array as the text that PostgreSQL reads. That text is JSON with other brackets where all items are texts
 * without a character that JSON writes with a backslash, numbers, booleans or null. Any other array is written by the driver, at five times the cost.
 */
export function withArrayTexts(values: readonly unknown[]): unknown[] {
  return values.map((value) => (Array.isArray(value) ? arrayText(value) : value))
}

function arrayText(items: readonly unknown[]): unknown {
  if (!items.every(isPlain)) return items
  const json = JSON.stringify(items)
  return json.includes('\\') ? items : `{${json.slice(1, -1)}}`
}

const isPlain = (item: unknown): boolean =>
  typeof item === 'string' || item === null || typeof item === 'boolean' || Number.isFinite(item)
