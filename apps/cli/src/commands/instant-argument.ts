import { InvalidArgumentError } from 'commander'

/** Reads an argument that is a day (its beginning, in UTC) or an instant, as the API takes it. */
export function instantArgument(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}($|T)/.test(text) ? new Date(text) : null
  if (at !== null && !Number.isNaN(at.getTime())) return at.toISOString()
  throw new InvalidArgumentError('Expected a day as 2027-12-31, or an instant as 2027-12-31T12:00:00Z.')
}
