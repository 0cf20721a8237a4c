import type { Command } from 'commander'
import { acts, type Cli, examples, given } from '../command.ts'
import type { Reservation } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { poolOption } from '../tag-arguments.ts'
import { numbers } from '../terminal/figures.ts'
import { upcoming } from '../terminal/instant.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'
import { type Candidate, reasonWords } from '../words.ts'
import { excludeOption, POOL, strategyOption } from './reservations.ts'

type WhyFlags = { strategy?: Reservation['strategy']; exclude?: string[]; pool?: string }

/** `why` */
export function addWhy(parent: Command, cli: Cli): void {
  const why = parent
    .command('why')
    .argument('[contact]', 'who the message would be for')
    .description('which number serves a contact now, and for each other why not; changes nothing')
    .addOption(strategyOption())
    .addOption(excludeOption())
    .addOption(poolOption(POOL))
    .action(
      acts(cli, async (session, contactId: string | undefined, { strategy, exclude, pool }: WhyFlags) => {
        const input = given({ contactId, strategy, exclude, pool })
        const explanation = await session.client().instance.explain.query(input, session.call)
        if (session.json) return session.printJson(explanation)
        // An API of an earlier release answers no `own`.
        const { chosen, own = null, candidates } = explanation
        const receiver = contactId === undefined ? t`a message to any contact` : plain(contactId)
        const inPool = candidates.filter(({ reason }) => reason !== 'OTHER_POOL')
        session.print([
          headline(session, chosen, receiver),
          ...ownWords(own, chosen, candidates),
          '',
          ...candidateLines(session, inPool),
          ...otherLines(candidates.length - inPool.length),
        ])
      }),
    )
  examples(
    why,
    'why 5511987654321',
    'why 5511987654321 --exclude vendas-01',
    'why 5511987654321 --pool vendas',
    'why --strategy least_loaded --json | jq -r .chosen',
  )
}

function headline({ paint }: Session, chosen: string | null, receiver: string): string {
  return chosen === null
    ? paint.yellow(t`No number can serve ${receiver} now.`)
    : t`${paint.green(plain(chosen))} serves ${receiver} now.`
}

/** The state of the contact's own number, when another one serves. */
function ownWords(own: string | null, chosen: string | null, candidates: readonly Candidate[]): string[] {
  if (own === null) return []
  if (own === chosen) return [t`It is the contact’s own number.`]
  const reason = candidates.find(({ name }) => name === own)?.reason
  return [
    t`The contact’s own number, ${plain(own)}, ${reason ? reasonWords(reason) : t`comes later by this strategy`}.`,
  ]
}

/** In a fleet of thousands, those of other pools are most of the candidates. */
function otherLines(count: number): string[] {
  return count === 0 ? [] : ['', t`Not in this pool: ${numbers(count)}.`]
}

function candidateLines({ paint, width, world }: Session, candidates: readonly Candidate[]): string[] {
  if (candidates.length === 0) return [t`There are no numbers yet.`]
  const now = world.now()
  const columns: Column<Candidate>[] = [
    { title: t`RANK`, side: 'right', cell: ({ rank }) => (rank === null ? '-' : String(rank)) },
    { title: t`NAME`, least: 10, cell: ({ name }) => name },
    {
      title: t`WHY`,
      least: 20,
      cell: ({ rank, reason }) => {
        if (reason !== null) return { text: reasonWords(reason), paint: paint.yellow }
        return rank === 1 ? { text: t`serves now`, paint: paint.green } : t`could serve, comes later`
      },
    },
    {
      title: t`FREE AGAIN`,
      least: 10,
      cell: ({ reason, availableAt }) => {
        if (reason === null || reason === 'EXCLUDED') return ''
        return availableAt === null ? t`not by waiting` : upcoming(availableAt, now)
      },
    },
  ]
  return table(candidates, columns, { width, title: paint.dim })
}
