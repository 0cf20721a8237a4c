import type { Server } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { adviceWords, eventsWords, stateWords } from '../server-words.ts'
import type { Session } from '../session.ts'
import { ago } from '../terminal/instant.ts'
import { plain, wrap } from '../terminal/text-width.ts'

const LABEL_WIDTH = 13

/** A server as lines of a label and its value; the last lines are what to do. */
export function serverSheet({ paint, width, world }: Session, server: Server): string[] {
  const { name, url, problem, version, numbers, events } = server
  const state = problem === null ? paint.green(stateWords(server)) : paint.red(stateWords(server))
  const rows: [string, string][] = [
    [t`Address`, plain(url)],
    [t`State`, state],
    [t`Version`, version === null ? t`not known` : plain(version)],
    [t`Numbers`, String(numbers)],
    [t`Events`, eventsWords(server)],
    [t`Last event`, ago(events.lastEventAt, world.now()) || t`none in 24 hours`],
    ...(events.blindNumbers.length === 0
      ? []
      : [[t`Without`, events.blindNumbers.map(plain).join(', ')] satisfies [string, string]]),
  ]
  const advice = adviceWords(server)
  const [first, ...rest] = advice === null ? [] : wrap(plain(advice), (width ?? 10_000) - LABEL_WIDTH)
  return [
    paint.bold(plain(name)),
    ...rows.map(([label, value]) => `  ${paint.dim(label.padEnd(10))} ${value}`),
    ...(first === undefined ? [] : [`  ${paint.yellow(t`To do`.padEnd(10))} ${first}`]),
    ...rest.map((line) => ' '.repeat(LABEL_WIDTH) + line),
  ]
}
