import { createHash } from 'node:crypto'

/** One SQL statement with a name under which a connection prepares it once. */
export type Statement = { readonly name: string; readonly text: string }

/**
 * Names a statement. The name carries a digest of the text, so that two releases that share a pooler's connections never
 * execute each other's statement.
 */
export function statement(label: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return { name: `zapfleet_${label}_${digest}`, text }
}
