import { type Command, Option } from 'commander'
import { maxWaitArgument } from '../budget-arguments.ts'
import { acts, type Cli, examples, given, several } from '../command.ts'
import type { Reservation } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { poolOption } from '../tag-arguments.ts'
import { stamp } from '../terminal/instant.ts'
import { plain } from '../terminal/text-width.ts'
import { preferenceWords } from '../words.ts'

const STRATEGIES = ['sticky', 'round_robin', 'least_loaded'] as const satisfies Reservation['strategy'][]
const FALLBACKS = ['move', 'borrow', 'refuse'] as const

export type Strategy = (typeof STRATEGIES)[number]
type ChooseFlags = { strategy?: Strategy; pool?: string }
type ReserveFlags = ChooseFlags & {
  fallback?: (typeof FALLBACKS)[number]
  idempotencyKey?: string
  exclude?: string[]
  maxWait?: number
}

/** The help of `--pool` where a number is chosen. */
export const POOL = 'only the numbers with this tag may serve; the contact has a number in each pool'

/** `--strategy` */
export function strategyOption(): Option {
  return new Option('--strategy <strategy>', 'how to choose (default: sticky)').choices(STRATEGIES)
}

/** `--exclude` */
export function excludeOption(): Option {
  return new Option('--exclude <names>', 'names not to use; with commas, or several times').argParser(several)
}

/** `choose`, `reserve`, `confirm` and `release` */
export function addReservations(parent: Command, cli: Cli): void {
  const choose = parent
    .command('choose')
    .argument('[contact]', 'who the message is for')
    .description('the number that would serve now; keeps it for the contact, counts nothing')
    .addOption(strategyOption())
    .addOption(poolOption(POOL))
    .action(
      acts(cli, async (session, contactId: string | undefined, { strategy, pool }: ChooseFlags) => {
        const input = given({ contactId, strategy, pool })
        const answer = await session.client().instance.choose.mutate(input, session.call)
        if (session.json) session.printJson(answer)
        else if (answer.instanceName !== null) session.print(plain(answer.instanceName))
        else
          session.say(t`No number can serve now. Why: zapfleet why ${whyArguments(contactId, pool)}`.trim())
        return answer.instanceName === null ? 'noCapacity' : undefined
      }),
    )
  examples(
    choose,
    'choose 5511987654321',
    'choose 5511987654321 --pool vendas',
    'choose --strategy least_loaded',
  )

  const reserve = parent
    .command('reserve')
    .argument('[contact]', 'who the message is for')
    .description('a number for one message, counted at once')
    .addOption(strategyOption())
    .addOption(
      new Option(
        '--fallback <fallback>',
        'when the contact’s own number cannot serve (default: move)',
      ).choices(FALLBACKS),
    )
    .option(
      '--idempotency-key <key>',
      'the same key and input within 24 hours: the same reservation, counted once',
    )
    .addOption(excludeOption())
    .addOption(poolOption(POOL))
    .option(
      '--max-wait <duration>',
      'a seat in the near future is fine, where the number has a gap between messages; as 30s',
      maxWaitArgument,
    )
    .action(
      acts(cli, async (session, contactId: string | undefined, options: ReserveFlags) => {
        const { strategy, fallback, idempotencyKey, exclude, pool, maxWait: maxWaitMs } = options
        const input = given({ contactId, strategy, fallback, idempotencyKey, exclude, pool, maxWaitMs })
        show(session, await session.client().reservation.reserve.mutate(input, session.call))
      }),
    )
  examples(
    reserve,
    'reserve 5511987654321',
    'reserve 5511987654321 --pool vendas',
    'reserve 5511987654321 --fallback refuse --exclude vendas-01',
    'reserve 5511987654321 --json | jq -r .instanceName',
  )

  for (const [verb, description] of [
    ['confirm', 'confirm that a reserved message was sent'],
    ['release', 'give a reserved seat back: the message was surely not sent'],
  ] as const) {
    const command = parent
      .command(verb)
      .argument('<id>', 'the reservation’s id')
      .description(description)
      .action(
        acts(cli, async (session, id: string) =>
          show(session, await session.client().reservation[verb].mutate({ id }, session.call)),
        ),
      )
    examples(command, `${verb} 01a204bd-49f0-7cc1-b7b1-3f0a4d1c2e55`)
  }
}

function whyArguments(contactId = '', pool?: string): string {
  return pool === undefined ? contactId : `${contactId} --pool ${JSON.stringify(pool)}`.trim()
}

function show(session: Session, reservation: Reservation): void {
  if (session.json) {
    session.printJson(reservation)
    return
  }
  const { instanceName, contactId, state, preference, remaining, id, reservedAt, notBefore } = reservation
  const name = session.paint.bold(plain(instanceName))
  const whose = contactId === null ? '' : t` for ${plain(contactId)}`
  const kept = preferenceWords(preference)
  session.print([
    `${name}  ${state}${whose}${kept === '' ? '' : ` (${kept})`}`,
    ...(notBefore ? [turnWords(notBefore, reservedAt)] : []),
    t`  left there: ${remaining.hour} in this hour, ${remaining.day} today`,
    ...(typeof remaining.newContacts === 'number'
      ? [t`  new people left there: ${remaining.newContacts}`]
      : []),
    `  id ${id}`,
  ])
  if (state === 'reserved' && session.world.stdout.isTTY)
    session.say(session.paintTalk.dim(t`Not sent after all? zapfleet release ${id}`))
}

/** When the message may go out. The wait is counted from the reservation, so that the clock of this machine does not matter. */
function turnWords(notBefore: string, reservedAt: string): string {
  const waitS = Math.ceil((Date.parse(notBefore) - Date.parse(reservedAt)) / 1_000)
  return t`  send it in ${waitS} s, not before ${stamp(notBefore)}`
}
