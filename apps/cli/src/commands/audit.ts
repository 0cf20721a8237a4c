import { type Command, Option } from 'commander'
import { acts, type Cli, examples, given, instantArgument, wholeNumber } from '../command.ts'
import type { AuditEntry } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { stamp } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'

type AuditFlags = {
  act?: string
  target?: string
  key?: string
  outcome?: (typeof OUTCOMES)[number]
  from?: string
  to?: string
  cursor?: string
  limit?: number
}

const OUTCOMES = ['done', 'failed', 'open'] as const

/** `audit` */
export function addAudit(parent: Command, cli: Cli): void {
  const audit = parent
    .command('audit')
    .description('what admins did: when, by which key, to what, and how it ended; newest first')
    .option('--act <procedure>', 'only this, such as instance.delete, or a kind, such as key')
    .option('--target <name>', 'only what was done to this number, contact or key')
    .option('--key <id>', 'only what was done by this key')
    .addOption(new Option('--outcome <outcome>', 'only what ended so').choices(OUTCOMES))
    .addOption(new Option('--from <instant>', 'from then on, as 2026-11-25').argParser(instantArgument))
    .addOption(new Option('--to <instant>', 'until then').argParser(instantArgument))
    .option('-l, --limit <entries>', 'at most so many, up to 200 (default: 50)', wholeNumber(1, 200))
    .option('--cursor <cursor>', 'continue where a page ended')
    .action(
      acts(cli, async (session, { key: keyId, ...flags }: AuditFlags) => {
        const page = await session.client().audit.list.query(given({ ...flags, keyId }), session.call)
        if (session.json) return session.printJson(page)
        if (page.entries.length === 0) return session.say(emptyWords({ ...flags, keyId }))
        session.print(auditLines(session, page.entries))
        if (page.nextCursor !== null) session.say(t`There is more: --cursor ${page.nextCursor}`)
      }),
    )
  examples(
    audit,
    'audit',
    'audit --act instance.delete --from 2026-11-01',
    'audit --target vendas-01 --json | jq ".entries[].before"',
  )
}

/** Why the list is empty, by the given filters. */
function emptyWords(filter: Record<string, unknown>): string {
  const given = Object.entries(filter)
    .filter(([name, value]) => value !== undefined && name !== 'limit')
    .map(([name, value]) => `${name} ${value}`)
  return given.length === 0
    ? t`The audit is empty: no admin has changed anything yet.`
    : t`The audit has no entry with ${given.join(', ')}.`
}

function auditLines({ paint, width }: Session, entries: readonly AuditEntry[]): string[] {
  const columns: Column<AuditEntry>[] = [
    { title: t`WHEN`, cell: ({ at }) => stamp(at) },
    { title: t`ACT`, cell: ({ act }) => act },
    { title: t`TARGET`, least: 8, cell: ({ target }) => target ?? '' },
    {
      title: t`ENDED`,
      least: 6,
      cell: ({ outcome }) => ({
        text: outcome ?? t`not seen`,
        paint: outcome === 'done' ? paint.green : paint.yellow,
      }),
    },
    { title: t`BY`, least: 8, cell: ({ key }) => key.label },
  ]
  return table(entries, columns, { width, title: paint.dim })
}
