import type { Command } from 'commander'
import { acts, type Cli, examples, given, wholeNumber } from '../command.ts'
import type { Forecast } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { requirePool } from '../no-such-tag.ts'
import type { Session } from '../session.ts'
import { poolOption } from '../tag-arguments.ts'
import { numbers } from '../terminal/figures.ts'
import { type Column, table } from '../terminal/table.ts'
import { plain } from '../terminal/text-width.ts'
import { type Reason, reasonWords } from '../words.ts'

const MOST_CONTACTS = 10_000_000

type Flags = { newContacts: number; waiting?: number; pool?: string }

/** `forecast` */
export function addForecast(parent: Command, cli: Cli): void {
  const command = parent
    .command('forecast')
    .description('how many new contacts the fleet can take a day, and what keeps it from more')
    .requiredOption(
      '--new-contacts <per day>',
      'so many new contacts come each day',
      wholeNumber(0, MOST_CONTACTS),
    )
    .option(
      '--waiting <contacts>',
      'so many wait for a number now, such as those of a banned one',
      wholeNumber(0, MOST_CONTACTS),
    )
    .addOption(poolOption('only the numbers with this tag'))
    .action(
      acts(cli, async (session, { newContacts, waiting, pool }: Flags) => {
        const plan = given({ newContactsPerDay: newContacts, waiting, pool })
        const answer = await session.client().fleet.forecast.query(plan, session.call)
        if (answer.perDay.afterRamps === 0) await requirePool(session, pool)
        if (session.json) return session.printJson(answer)
        session.print([
          pool === undefined
            ? t`The fleet can take ${answer.perDay.today} new contacts today, ${answer.remainingToday} of them now.`
            : t`The pool ${plain(pool)} can take ${answer.perDay.today} new contacts today, ${answer.remainingToday} of them now.`,
          ...(answer.perDay.afterRamps === answer.perDay.today
            ? []
            : [t`When its ramps have ended: ${answer.perDay.afterRamps} a day.`]),
          ...planLines(newContacts, answer),
          ...waitingLines(answer.waiting),
          '',
          ...dayLines(session, answer),
          ...causeLines(session, answer.short),
          ...unlimitedLines(answer.unlimited),
          '',
          t`This counts what the limits allow. It promises nothing about bans.`,
        ])
      }),
    )
  examples(
    command,
    'forecast --new-contacts 80',
    'forecast --new-contacts 0 --waiting 1000',
    'forecast --new-contacts 80 --pool vendas',
    'forecast --new-contacts 80 --json | jq .sufficientDays',
  )
}

function planLines(
  newContacts: number,
  { sufficientDays, sufficientFrom, daysForOneDay }: Forecast,
): string[] {
  if (sufficientDays === null) return [t`${newContacts} a day: enough room on every day of a year.`]
  const enough =
    sufficientDays === 0
      ? t`${newContacts} a day: too little room today.`
      : t`${newContacts} a day: enough room for ${days(sufficientDays)}.`
  const later = sufficientFrom === null ? '' : ` ${t`Enough on every day from ${sufficientFrom} on.`}`
  const one =
    daysForOneDay === null || daysForOneDay < 2
      ? ''
      : ` ${t`The new contacts of one day need ${days(daysForOneDay)}.`}`
  return [enough + later + one]
}

function waitingLines(waiting: Forecast['waiting']): string[] {
  if (waiting === null) return []
  const { contacts, days: needed, until } = waiting
  return needed === null || until === null
    ? [t`${contacts} waiting: the room left by new contacts never serves them all.`]
    : [t`${contacts} waiting: ${days(needed)}, until ${until}.`]
}

function dayLines({ paint, width }: Session, { days: shown }: Forecast): string[] {
  const columns: Column<Forecast['days'][number]>[] = [
    { title: t`DATE`, cell: ({ day }) => day },
    { title: t`NEW CONTACTS`, side: 'right', cell: ({ newContacts }) => String(newContacts) },
  ]
  return table(shown, columns, { width, title: paint.dim })
}

type Cause = NonNullable<Forecast['short']>['causes'][number]

function causeLines({ paint, width }: Session, short: Forecast['short']): string[] {
  if (short === null) return []
  const columns: Column<Cause>[] = [
    { title: t`MORE`, side: 'right', cell: ({ newContacts }) => `+${newContacts}` },
    { title: t`WITHOUT`, cell: ({ reason }) => causeWords(reason) },
    { title: t`NUMBERS`, least: 10, cell: ({ names }) => plain(names.join(', ')) },
  ]
  return [
    '',
    t`On ${short.day} there is no room for ${short.missing}. What keeps the fleet from more:`,
    ...table(short.causes, columns, { width, title: paint.dim }),
  ]
}

const limits = () => ({
  NEW_CONTACT_LIMIT: t`limit for new contacts`,
  RAMP: t`ramp`,
  DAILY_LIMIT: t`daily limit`,
  HOURLY_LIMIT: t`hourly limit`,
  PACING: t`gap between messages`,
  OUTSIDE_HOURS: t`hours`,
})

function causeWords(reason: Cause['reason']): string {
  const words = limits()
  return Object.hasOwn(words, reason) ? words[reason as keyof typeof words] : reasonWords(reason as Reason)
}

function unlimitedLines(names: readonly string[]): string[] {
  if (names.length === 0) return []
  return [
    '',
    t`${numbers(names.length)} without a limit for new contacts, counted with all messages: ${plain(names.join(', '))}`,
  ]
}

function days(count: number): string {
  return count === 1 ? t`${count} day` : t`${count} days`
}
