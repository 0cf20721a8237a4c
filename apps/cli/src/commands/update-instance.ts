import { INSTANCE_LIMITS } from '@zapfleet/client'
import type { Command } from 'commander'
import {
  gapArgument,
  hoursArgument,
  type None,
  newContactsArgument,
  orNull,
  type Ramp,
  rampArgument,
} from '../budget-arguments.ts'
import { acts, type Cli, examples, given, wholeNumber } from '../command.ts'
import type { Instance } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Hours } from '../opening-hours.ts'
import { printPhone } from '../pairing/print-phone.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../session.ts'
import { type TagFlags, tagsAfter, withTagChanges } from '../tag-arguments.ts'
import { plain } from '../terminal/text-width.ts'
import { statusWord } from '../words.ts'
import { instanceSheet } from './get-instance.ts'

const { capacityMax, priorityMin, priorityMax } = INSTANCE_LIMITS

type UpdateFlags = TagFlags & {
  phone?: string | false
  hourly?: number
  daily?: number
  priority?: number
  draining?: boolean
  newContactsPerHour?: number | None
  newContactsPerDay?: number | None
  minGap?: number
  ramp?: Ramp | None
  hours?: Hours | None
}

/** `--hourly`, `--daily`, `--priority`: the settings of a number, in their ranges. */
export function withSettings(command: Command): Command {
  return command
    .option('--hourly <messages>', 'at most so many messages in each clock hour', wholeNumber(0, capacityMax))
    .option('--daily <messages>', 'at most so many messages in each day', wholeNumber(0, capacityMax))
    .option('--priority <weight>', '1 to 100, higher is preferred', wholeNumber(priorityMin, priorityMax))
}

/** The limits beside hour and day: `--new-contacts-per-hour`, `--new-contacts-per-day`, `--min-gap`, `--ramp`, `--hours`. */
function withBudgets(command: Command): Command {
  return command
    .option(
      '--new-contacts-per-hour <people>',
      'at most so many new people in each clock hour; none: no limit',
      newContactsArgument,
    )
    .option(
      '--new-contacts-per-day <people>',
      'at most so many new people in each day; none: no limit',
      newContactsArgument,
    )
    .option('--min-gap <duration>', 'shortest time between two messages, as 20s; none: no gap', gapArgument)
    .option(
      '--ramp <from:to:days>',
      'the daily limit grows from day to day, as 10:100:21; none: no ramp',
      rampArgument,
    )
    .option(
      '--hours <spans>',
      'when it sends, as "mon-fri 08:00-20:00; sat 09:00-13:00"; replies at any time; none: always',
      hoursArgument,
    )
}

/** `instances update` */
export function addUpdateInstance(parent: Command, cli: Cli): void {
  const described = withSettings(
    parent
      .command('update')
      .argument('<name>', 'the number’s name')
      .description('change a number’s phone, limits, hours, priority or tags, or let it drain')
      .option(
        '--phone <number>',
        'the registered phone, as +5511987654321 or as you write it in your country',
      )
      .option('--no-phone', 'forget the registered phone')
      .option('--draining', 'it serves only the contacts that know it, and gets no new ones')
      .option('--no-draining', 'it gets new contacts again'),
  )
  const update = withBudgets(withTagChanges(described)).action(
    acts(cli, async (session, name: string, options: UpdateFlags) => {
      const { phone, hourly, daily, priority, draining } = options
      const { newContactsPerHour, newContactsPerDay, minGap, ramp, hours } = options
      const changes = given({
        // With --no-phone, commander sets true when neither option is given.
        phoneNumber: phone === false ? null : typeof phone === 'string' ? phone : undefined,
        hourlyCapacity: hourly,
        dailyCapacity: daily,
        priority,
        draining,
        newContactsPerHour: orNull(newContactsPerHour),
        newContactsPerDay: orNull(newContactsPerDay),
        minGapMs: minGap,
        ramp: orNull(ramp),
        hours: orNull(hours),
        tags: await tagsAfter(session, name, options),
      })
      if (Object.keys(changes).length === 0)
        throw new Refusal(
          'usage',
          t`There is nothing to change: give --phone, --hourly, --daily, --priority, --draining, --new-contacts-per-hour, --new-contacts-per-day, --min-gap, --ramp, --hours, --tags, --add-tags or --remove-tags.`,
        )
      if (typeof phone === 'string') await printPhone(session, phone)
      const instance = await session.client().instance.update.mutate({ name, ...changes }, session.call)
      if (session.json) session.printJson(instance)
      else session.print(instanceSheet(session, instance))
    }),
  )
  examples(
    update,
    'instances update vendas-01 --hourly 30 --daily 200',
    'instances update vendas-01 --phone +5511987654321',
    'instances update vendas-01 --draining',
    'instances update vendas-01 --tags vendas,sp',
    'instances update vendas-01 --add-tags vip --remove-tags sp',
    'instances update vendas-01 --new-contacts-per-day 20 --min-gap 20s --ramp 10:100:21',
    'instances update vendas-01 --hours "mon-fri 08:00-20:00; sat 09:00-13:00"',
  )
}

/** `instances pause` and `instances resume` */
export function addPauseAndResume(parent: Command, cli: Cli): void {
  const pause = parent
    .command('pause')
    .argument('<name...>', 'the numbers’ names')
    .description('numbers stay connected and do not send')
    .option('--reason <words>', 'the reason, for other operators')
    .action(
      acts(cli, (session, names: string[], { reason }: { reason?: string }) =>
        setPaused(session, names, given({ paused: true, pauseReason: reason })),
      ),
    )
  examples(
    pause,
    'instances pause vendas-01',
    'instances pause vendas-01 vendas-02 --reason "phone in repair"',
  )

  const resume = parent
    .command('resume')
    .argument('<name...>', 'the numbers’ names')
    .description('paused numbers serve again')
    .action(acts(cli, (session, names: string[]) => setPaused(session, names, { paused: false })))
  examples(resume, 'instances resume vendas-01', 'instances resume vendas-01 vendas-02')
}

async function setPaused(
  session: Session,
  names: readonly string[],
  change: { paused: boolean; pauseReason?: string },
): Promise<void> {
  for (const name of names) {
    const instance = await session.client().instance.update.mutate({ name, ...change }, session.call)
    if (session.json) session.printJson(instance)
    else session.print(`${plain(instance.name)} ${change.paused ? t`is paused` : resumedWords(instance)}.`)
  }
}

function resumedWords(instance: { available: boolean; status: Instance['status'] }): string {
  return instance.available
    ? t`serves again`
    : t`is no longer paused (it is ${statusWord(instance.status)} now)`
}
