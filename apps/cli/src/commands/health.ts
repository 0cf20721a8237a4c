import type { Command } from 'commander'
import { acts, type Cli, type Ending, examples, given } from '../command.ts'
import { nearest } from '../connection/nearest.ts'
import type { Health } from '../connection/open-client.ts'
import { t, translated } from '../language.ts'
import { requirePool } from '../no-such-tag.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../session.ts'
import { poolOption } from '../tag-arguments.ts'
import { statusPaint } from '../terminal/instance-table.ts'
import { ago } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { statusWord } from '../words.ts'

type HealthFlags = { check?: boolean; pool?: string }

/** `health` */
export function addHealth(parent: Command, cli: Cli): void {
  const command = parent
    .command('health')
    .argument('[name]', 'one number only')
    .description('the status of the numbers at their last check; exit code 12 when none is online')
    .option('-c, --check', 'check on Evolution now')
    .addOption(poolOption('only the numbers with this tag'))
    .action(
      acts(cli, (session, name: string | undefined, { check, pool }: HealthFlags) => {
        if (name === undefined) return check ? checkAll(session, pool) : summary(session, pool)
        if (pool !== undefined)
          throw new Refusal('usage', t`--pool shows a pool, and a name one number: give one of the two.`)
        return check ? checkOne(session, name) : lastOfOne(session, name)
      }),
    )
  examples(
    command,
    'health',
    'health --check',
    'health --pool vendas',
    'health vendas-01',
    'health vendas-01 --check',
    'health --json | jq .online',
  )
}

async function summary(session: Session, pool: string | undefined): Promise<Ending> {
  const answer = await readSummary(session, pool)
  const { status, online, total, instances, checkedAt } = answer
  if (session.json) session.printJson(answer)
  else {
    const { paint } = session
    const word = status === 'healthy' ? paint.green(translated(status)) : paint.red(translated(status))
    const when = ago(checkedAt, session.world.now())
    session.print(t`${word}: ${online} of ${total} online${when === '' ? '' : t`, checked ${when}`}`)
    if (online > 0 && online < total)
      session.print(
        t`"healthy" means that at least one number is online. \`zapfleet instances list\` shows what the others need.`,
      )
    if (instances.length > 0) session.print(['', ...healthLines(session, instances)])
  }
  return status === 'healthy' ? undefined : 'degraded'
}

async function readSummary(session: Session, pool: string | undefined) {
  const answer = await session.client().health.summary.query(given({ pool }), session.call)
  if (answer.total === 0) await requirePool(session, pool)
  return answer
}

async function lastOfOne(session: Session, name: string): Promise<Ending> {
  const { instances } = await session.client().health.summary.query({}, session.call)
  const one = instances.find((known) => known.name === name)
  if (one === undefined) {
    const guess = nearest(
      name,
      instances.map((known) => known.name),
    )
    throw new Refusal(
      'notFound',
      t`There is no number named "${name}".`,
      guess ? [t`Did you mean ${guess}?`] : [],
    )
  }
  if (session.json) session.printJson(one)
  else session.print(healthLines(session, [one]))
  return one.online ? undefined : 'degraded'
}

/** Checks all numbers; with a pool it shows those of the pool. */
async function checkAll(session: Session, pool: string | undefined): Promise<Ending> {
  // A tag that no number has is refused before all numbers are checked.
  if (pool !== undefined) await readSummary(session, pool)
  const checked = await session.during(t`Looking at every number`, () =>
    session.client().health.checkAll.mutate({}, session.call),
  )
  const all = pool === undefined ? checked : (await readSummary(session, pool)).instances
  if (session.json) session.printJson(all)
  else if (all.length === 0) session.say(t`There are no numbers yet.`)
  else session.print(healthLines(session, all))
  return all.some((one) => one.online) ? undefined : 'degraded'
}

async function checkOne(session: Session, name: string): Promise<Ending> {
  const one = await session.during(t`Looking at ${name}`, () =>
    session.client().health.check.mutate({ name }, session.call),
  )
  if (session.json) session.printJson(one)
  else session.print(healthLines(session, [one]))
  return one.online ? undefined : 'degraded'
}

function healthLines({ paint, width, world }: Session, all: readonly Health[]): string[] {
  const now = world.now()
  const columns: Column<Health>[] = [
    { title: t`NAME`, least: 10, cell: ({ name }) => name },
    {
      title: t`STATUS`,
      cell: ({ status }) => ({
        text: statusWord(status),
        paint: statusPaint(paint, { status, paused: false }),
      }),
    },
    { title: t`EVOLUTION SAYS`, cell: ({ state }) => state },
    { title: t`CHECKED`, cell: ({ checkedAt }) => ago(checkedAt, now) || t`not yet` },
  ]
  return table(all, columns, { width, title: paint.dim })
}
