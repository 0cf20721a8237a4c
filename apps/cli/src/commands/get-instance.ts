import { isFleetError } from '@zapfleet/client'
import { dailyLimit } from '@zapfleet/words'
import type { Command } from 'commander'
import { budgetRows } from '../budget-words.ts'
import { acts, type Cli, examples } from '../command.ts'
import type { Instance } from '../connection/open-client.ts'
import { inCommands } from '../in-commands.ts'
import { t } from '../language.ts'
import { isElsewhere, serverOf } from '../server-words.ts'
import type { Session } from '../session.ts'
import { percent, sparkline } from '../terminal/figures.ts'
import { statusPaint } from '../terminal/instance-table.ts'
import { ago, span, stamp } from '../terminal/instant.ts'
import { plain, wrap } from '../terminal/text-width.ts'
import {
  actionWords,
  deliveryWords,
  nextCommand,
  pauseWords,
  reasonWords,
  restrictionWords,
  statusWord,
} from '../words.ts'

type Activity = Awaited<ReturnType<typeof readActivity>>

/** `instances get` */
export function addGetInstance(parent: Command, cli: Cli): void {
  const get = parent
    .command('get')
    .argument('<name>', 'the number’s name')
    .description('one number: how it is, what it sent, and what to do')
    .action(
      acts(cli, async (session, name: string) => {
        const [instance, activity] = await Promise.all([
          session.client().instance.get.query({ name }, session.call),
          session.json ? null : readActivity(session, name),
        ])
        if (session.json) return session.printJson(instance)
        session.print(instanceSheet(session, instance, activity))
      }),
    )
  examples(get, 'instances get vendas-01', 'instances get vendas-01 --json | jq .available')
}

/** Null for the key of a bot, which may not read it, and for an older API, which has none. */
async function readActivity(session: Session, name: string) {
  try {
    return await session.client().instance.activity.query({ name }, session.call)
  } catch (error) {
    if (isFleetError(error, 'FORBIDDEN', 'NOT_FOUND')) return null
    throw error
  }
}

const LABEL_WIDTH = 13

/** A number as lines of a label and its value; the last lines are what to do. */
export function instanceSheet(session: Session, instance: Instance, activity: Activity = null): string[] {
  const { paint } = session
  const now = session.world.now()
  const { status, statusSince, unavailableReason, lastSentAt, checkedAt, createdAt } = instance
  const since = statusSince === null ? '' : t` for ${span(Math.max(0, now - Date.parse(statusSince)))}`
  const rows: [string, string][] = [
    [
      t`Status`,
      [statusPaint(paint, instance)(statusWord(status)) + since, plain(pauseWords(instance))]
        .filter(Boolean)
        .join(', '),
    ],
    [t`Serves`, unavailableReason === null ? t`yes` : t`no: it ${reasonWords(unavailableReason)}`],
    // An API of an earlier release answers no delivery and no restriction.
    ...(instance.delivery ? [[t`Delivery`, deliveryWords(instance)] satisfies [string, string]] : []),
    ...(instance.restriction
      ? [[t`Restricted`, restrictionWords(instance.restriction)] satisfies [string, string]]
      : []),
    ...(isElsewhere(instance) ? [[t`Server`, serverOf(instance)] satisfies [string, string]] : []),
    [t`Phone`, instance.phoneNumber === null ? t`not registered` : plain(instance.phoneNumber)],
    [t`This hour`, t`${instance.sentThisHour} of ${instance.hourlyCapacity}`],
    [t`Today`, t`${instance.sentToday} of ${dailyLimit(instance)} (${instance.loadPercent} %)`],
    ...budgetRows(instance),
    ...(instance.tags?.length ? [[t`Tags`, plain(instance.tags.join(', '))] satisfies [string, string]] : []),
    [t`Priority`, String(instance.priority)],
    [t`Last sent`, ago(lastSentAt, now) || t`never`],
    [t`Checked`, ago(checkedAt, now) || t`not yet`],
    [t`Created`, createdAt === null ? t`not known` : stamp(createdAt)],
  ]
  if (activity !== null) rows.push(...activityRows(activity))
  const lines = [
    paint.bold(plain(instance.name)),
    ...rows.map(([label, value]) => `  ${paint.dim(label.padEnd(10))} ${value}`),
  ]
  const action = actionWords(instance)
  if (action === null) return lines
  const [first = '', ...rest] = wrap(plain(inCommands(action)), (session.width ?? 10_000) - LABEL_WIDTH)
  const command = nextCommand(instance)
  return [
    ...lines,
    `  ${paint.yellow(t`To do`.padEnd(10))} ${first}`,
    ...[...rest, ...(command === null ? [] : [plain(command)])].map((line) => ' '.repeat(LABEL_WIDTH) + line),
  ]
}

function activityRows({ hours, days, uptime, contacts }: NonNullable<Activity>): [string, string][] {
  const sent = (all: readonly { sent: number }[]) => all.map((one) => one.sent)
  const sum = (all: readonly number[]) => all.reduce((total, figure) => total + figure, 0)
  const shares = [
    uptime.day === null ? null : t`${percent(uptime.day)} of the last day`,
    uptime.week === null ? null : t`${percent(uptime.week)} of the last week`,
  ].filter((one) => one !== null)
  return [
    [t`24 hours`, t`${sparkline(sent(hours))} ${sum(sent(hours))} sent`],
    [t`7 days`, t`${sparkline(sent(days))} ${sum(sent(days))} sent`],
    [t`Connected`, shares.length === 0 ? t`not known yet` : shares.join(', ')],
    [t`Contacts`, String(contacts)],
  ]
}
