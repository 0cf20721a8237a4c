/**
 * The parameters of a statement, each array as the text that PostgreSQL reads. That text is JSON with other brackets, unless an item is an
 * object, or has a character that JSON writes with a backslash: then the driver writes the array, at five times the cost.
 */
export function withArrayTexts(values: readonly unknown[]): unknown[] {
  return values.map((value) => (Array.isArray(value) ? arrayText(value) : value))
}

function arrayText(items: readonly unknown[]): unknown {
  if (items.some((item) => typeof item === 'object' && item !== null)) return items
  const json = JSON.stringify(items)
  return json.includes('\\') ? items : `{${json.slice(1, -1)}}`
}
