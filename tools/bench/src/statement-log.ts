import { readFile, stat } from 'node:fs/promises'

/** The end of the log now. */
export async function endOfLog(file: string): Promise<number> {
  return (await stat(file)).size
}

/** How often each statement of a database is in the server's log after a position. */
export async function readStatements(
  file: string,
  { database, from }: { database: string; from: number },
): Promise<Map<string, number>> {
  return countStatements((await readFile(file)).subarray(from).toString(), database)
}

/** Lines of `log_line_prefix = '%d '`, where `%d` is the database, with `log_statement = 'all'`. */
export function countStatements(log: string, database: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [, line, named = '', sql = ''] of log.matchAll(
    /^(\S+) LOG: {2}(?:execute|statement)(?: (\S+))?: (.*)/gm,
  )) {
    if (line !== database) continue
    const source = sourceOf(named, sql)
    counts.set(source, (counts.get(source) ?? 0) + 1)
  }
  return new Map([...counts].sort(([, one], [, other]) => other - one))
}

/** The name of a statement of core without its hash; of one that Prisma wrote, its verb and table. */
function sourceOf(named: string, sql: string): string {
  const name = /^zapfleet_(.+)_[0-9a-f]*$/.exec(named)?.[1]
  if (name !== undefined) return name
  const verb = sql.split(' ')[0]?.toLowerCase()
  const table = /\b(?:from|into|update)\s+(?:"\w+"\.)?"?(\w+)/i.exec(sql)?.[1]
  return table ? `${verb} ${table}` : (verb ?? '')
}
