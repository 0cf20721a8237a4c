import { dailyLimit } from '@zapfleet/words'
import type { Instance } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { isElsewhere, serverOf } from '../server-words.ts'
import { noteOf, statusWord } from '../words.ts'
import { ago } from './instant.ts'
import type { Paint } from './paint.ts'
import { type Column, table } from './table.ts'

/** The colour of a status. */
export function statusPaint(
  paint: Paint,
  instance: Pick<Instance, 'status' | 'paused'>,
): (text: string) => string {
  if (instance.status === 'connected') return instance.paused ? paint.yellow : paint.green
  if (instance.status === 'connecting' || instance.status === 'unknown') return paint.yellow
  return paint.red
}

/** The table of numbers that `instances list` and `watch` show. */
export function instanceLines(
  instances: readonly Instance[],
  options: { paint: Paint; now: number; width: number | undefined },
): string[] {
  const { paint, now, width } = options
  const hasServers = instances.some(isElsewhere)
  const columns: Column<Instance>[] = [
    { title: t`NAME`, least: 10, cell: ({ name }) => name },
    {
      title: 'STATUS',
      cell: (one) => ({ text: statusWord(one.status), paint: statusPaint(paint, one) }),
    },
    // The table leaves out an empty column.
    { title: t`SERVER`, cell: (one) => (hasServers ? serverOf(one) : '') },
    {
      title: t`HOUR`,
      side: 'right',
      cell: (one) => room(one.sentThisHour, one.hourlyCapacity, paint),
    },
    { title: t`DAY`, side: 'right', cell: (one) => room(one.sentToday, dailyLimit(one), paint) },
    { title: t`PRIO`, side: 'right', cell: ({ priority }) => String(priority) },
    { title: t`LAST SENT`, cell: ({ lastSentAt }) => ago(lastSentAt, now) || t`never` },
    { title: t`TAGS`, least: 6, cell: ({ tags = [] }) => tags.join(', ') },
    { title: t`NOTE`, least: 12, cell: (one) => noteOf(one) },
  ]
  return table(instances, columns, { width, title: paint.dim })
}

function room(sent: number, capacity: number, paint: Paint) {
  const text = `${sent}/${capacity}`
  return sent >= capacity ? { text, paint: paint.yellow } : text
}
