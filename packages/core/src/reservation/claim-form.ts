import { formsText, hasForms } from '../contact/contact-sql.ts'
import type { ClientIds } from '../ground/client-ids.ts'
import { writtenAs } from './pending-reserve.ts'
import type { Pick } from './rank.ts'

/**
 * What the reserves of a batch need of the claim. A part that none of them needs is left out of the statement: each part costs every
 * reserve of every batch that has it, and a single one most.
 */
export type ClaimForm = {
  /** Some contacts get another number. */
  readonly moves: boolean
  /** Some kinds are read of conversations, or some numbers do not serve every contact. */
  readonly reads: boolean
  /** Some reserves have an idempotency key. */
  readonly keyed: boolean
  /** Some numbers have a gap between messages or hours, or a limit for new contacts that some contacts may take room of. */
  readonly budgets: boolean
  /** Some numbers have a gap between messages. */
  readonly gaps: boolean
  /** All reserves name a pool, see `mayGoTogether`. */
  readonly pooled: boolean
  /** Some contacts are written in another form than their key, or may be in `clientes` under several ids. */
  readonly forms: boolean
}

/** The smallest form that serves all of these. */
export function formOf(picks: readonly Pick[]): ClaimForm {
  const budgets = picks.some((pick) => pick.isBudgeted)
  return {
    moves: picks.some((pick) => pick.moves),
    reads: budgets || picks.some(mustReadConversation),
    budgets,
    gaps: picks.some((pick) => pick.isPaced),
    keyed: picks.some(({ reserve }) => reserve.idempotencyKey !== null),
    pooled: picks.some(({ reserve }) => reserve.pool !== null),
    forms: picks.some(({ reserve }) => hasOtherForms(reserve)),
  }
}

/** Whether the claim reads the conversation of this pick: its kind is not remembered, or the number does not serve every contact. */
export function mustReadConversation(pick: Pick): boolean {
  return pick.reserve.contact !== null && (pick.kind === null || pick.isLimited)
}

/** Whether the contact is written in another form than its key, or may be in `clientes` under several ids. */
export function hasOtherForms(reserve: Pick['reserve']): boolean {
  return reserve.clients !== null || reserve.contact !== reserve.contactId
}

/** A column of the CTE `reserves`: one array parameter with one item a reserve. */
export type ClaimColumn = { name: string; type: string; of: (pick: Pick) => unknown }

/** The columns of a form, in the order of their parameters. */
export function columnsOf({ sqlType, kind }: ClientIds, form: ClaimForm): ClaimColumn[] {
  return [
    { name: 'id', type: 'uuid', of: ({ reserve }) => reserve.id },
    { name: 'contact', type: 'text', of: ({ reserve }) => reserve.contact },
    { name: 'client', type: sqlType, of: ({ reserve }) => reserve.client },
    { name: 'expected', type: 'text', of: (pick) => pick.expected },
    { name: 'instance', type: 'text', of: (pick) => pick.instance },
    { name: 'place', type: 'int', of: (pick) => pick.place },
    { name: 'strategy', type: 'text', of: ({ reserve }) => reserve.strategy },
    { name: 'preference', type: 'text', of: (pick) => pick.outcome },
    { name: 'owner', type: 'text', of: ({ reserve }) => reserve.owner },
    // Null: it is read.
    { name: 'kind', type: 'text', of: (pick) => (pick.isLimited ? null : pick.kind) },
    ...columnsWhere(form.keyed, [
      { name: 'key', type: 'uuid', of: ({ reserve }) => reserve.idempotencyKey },
      { name: 'hash', type: 'uuid', of: ({ reserve }) => reserve.hash },
    ]),
    ...columnsWhere(form.forms, [
      { name: 'contact_as', type: 'text', of: ({ reserve }) => writtenAs(reserve) },
    ]),
    ...columnsWhere(form.forms && hasForms(kind) && !form.pooled, [
      { name: 'forms', type: 'text', of: ({ reserve }) => formsText(reserve.clients) },
    ]),
    ...columnsWhere(form.moves, [
      { name: 'moves', type: 'bool', of: (pick) => pick.moves },
      { name: 'leaves', type: 'text', of: (pick) => pick.leaves },
    ]),
    ...columnsWhere(form.pooled, [
      { name: 'pool', type: 'text', of: ({ reserve }) => reserve.pool },
      { name: 'inherits', type: 'bool', of: (pick) => pick.inherits },
    ]),
    ...columnsWhere(form.reads, [{ name: 'probes', type: 'bool', of: (pick) => pick.isProbe }]),
    ...columnsWhere(form.budgets, [
      { name: 'max_wait_ms', type: 'int', of: ({ reserve }) => reserve.maxWaitMs },
    ]),
  ]
}

const columnsWhere = (isNeeded: boolean, columns: ClaimColumn[]): ClaimColumn[] => (isNeeded ? columns : [])

/** A list among the parameters: not one item a reserve. */
export type ClaimList = {
  name: ListName
  type: string
  of: (picks: readonly Pick[], movers: readonly Pick[]) => unknown[]
}

type ListName =
  | 'instances'
  | 'movers'
  | 'moverClients'
  | 'moverClientOf'
  | 'newContacts'
  | 'newClients'
  | 'newForms'
  | 'moverPools'
  | 'newPools'

/**
 * The lists of a form, in the order of their parameters: the distinct instances, also those that contacts leave; where contacts move, those, their ids in `clientes`
 * and the contact of each id, and the contacts cached without a number with their ids. In a pool: the contacts that move with their pools, and those
 * of them without a number there.
 */
export function listsOf({ sqlType, kind }: ClientIds, form: ClaimForm): ClaimList[] {
  const lists: ClaimList[] = [
    {
      name: 'instances',
      type: 'text',
      of: (picks) => [
        ...new Set(
          picks.flatMap(({ instance, leaves }) => (leaves === null ? instance : [instance, leaves])),
        ),
      ],
    },
  ]
  if (!form.moves) return lists
  if (form.pooled) {
    lists.push(
      { name: 'movers', type: 'text', of: (_, movers) => movers.map(({ reserve }) => reserve.contact) },
      { name: 'moverPools', type: 'text', of: (_, movers) => movers.map(({ reserve }) => reserve.pool) },
      {
        name: 'newContacts',
        type: 'text',
        of: (_, movers) => withoutRow(movers).map(({ reserve }) => reserve.contact),
      },
      {
        name: 'newPools',
        type: 'text',
        of: (_, movers) => withoutRow(movers).map(({ reserve }) => reserve.pool),
      },
    )
    return lists
  }
  lists.push(
    { name: 'movers', type: 'text', of: (_, movers) => movers.map(({ reserve }) => reserve.contact) },
    {
      name: 'moverClients',
      type: sqlType,
      of: (_, movers) => movers.flatMap(({ reserve }) => clientsOf(reserve)),
    },
    {
      name: 'moverClientOf',
      type: 'text',
      of: (_, movers) => movers.flatMap(({ reserve }) => clientsOf(reserve).map(() => reserve.contact)),
    },
    {
      name: 'newContacts',
      type: 'text',
      of: (_, movers) => newOf(movers).map(({ reserve }) => reserve.contact),
    },
    {
      name: 'newClients',
      type: sqlType,
      of: (_, movers) => newOf(movers).map(({ reserve }) => reserve.client),
    },
  )
  if (form.forms && hasForms(kind))
    lists.push({
      name: 'newForms',
      type: 'text',
      of: (_, movers) => newOf(movers).map(({ reserve }) => formsText(reserve.clients)),
    })
  return lists
}

/** Those of which no number is stored for the pool. */
const withoutRow = (movers: readonly Pick[]): Pick[] =>
  movers.filter((pick) => pick.expected === null || pick.inherits)

const newOf = (movers: readonly Pick[]): Pick[] => movers.filter((pick) => pick.expected === null)

const clientsOf = ({ client, clients }: Pick['reserve']): readonly string[] =>
  clients ?? (client === null ? [] : [client])

/** The picks that may move their contact: one of a contact at most, as `rank` gives them. */
export function moversOf(picks: readonly Pick[]): Pick[] {
  return picks.filter((pick) => pick.moves)
}
