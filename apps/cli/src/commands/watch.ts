import { once } from 'node:events'
import type { FleetEvent } from '@zapfleet/client'
import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import type { Instance } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { stamp } from '../terminal/instant.ts'
import { plain } from '../terminal/text-width.ts'
import { followFleet } from '../watch/follow-fleet.ts'
import { watchScreen } from '../watch/watch-screen.ts'
import { pauseWords, statusReasonWords, statusWord } from '../words.ts'

/** `watch` */
export function addWatch(parent: Command, cli: Cli): void {
  const watch = parent
    .command('watch')
    .description('all numbers, live; q quits. Without a terminal: one line for each change')
    .action(
      acts(cli, async (session) => {
        if (session.json) await watchByEvents(session)
        else if (session.world.stdout.isTTY && session.world.env.TERM !== 'dumb') await watchScreen(session)
        else await watchByLines(session)
        return session.world.interrupted.aborted ? 'interrupted' : undefined
      }),
    )
  examples(watch, 'watch', 'watch >> fleet.log', 'watch --json | jq -c "{type}"')
}

/**
 * The events of the API, one JSON value a line, after `{ type: 'instances', instances }` for the whole list. A reader that is
 * slow gets the whole list again instead of the events that it missed.
 */
async function watchByEvents(session: Session): Promise<void> {
  const { stdout, interrupted: signal } = session.world
  const write = async (value: object): Promise<void> => {
    if (!stdout.write(`${JSON.stringify(value)}\n`)) await once(stdout, 'drain', { signal })
  }
  await followFleet(
    session,
    {
      list: (instances) => write({ type: 'instances', instances }),
      event: ({ id, ...event }) => write(event),
      away: () => write({ type: 'away' }),
      back: () => write({ type: 'back' }),
    },
    signal,
  )
}

async function watchByLines(session: Session): Promise<void> {
  const { world } = session
  const line = (words: string): void =>
    session.print(`${stamp(new Date(world.now()).toISOString())}  ${plain(words)}`)
  let shown = new Map<string, Instance>()
  await followFleet(
    session,
    {
      list(instances) {
        // Changes during an interruption may come without an event.
        for (const one of instances) {
          const before = shown.get(one.name)
          if (before?.status !== one.status || before.paused !== one.paused)
            line(t`${one.name} is ${statusWord(one.status)}${one.paused ? t`, paused` : ''}`)
        }
        const listed = new Map(instances.map((one) => [one.name, one]))
        for (const name of shown.keys()) if (!listed.has(name)) line(t`${name} is deleted`)
        shown = listed
      },
      event(event, previous) {
        const words = eventWords(event, previous)
        if (words !== null) line(words)
        if (event.type === 'deleted') shown.delete(event.instance.name)
        else if (event.type !== 'counters') shown.set(event.instance.name, event.instance)
      },
      away: () => line(t`The API does not answer; trying again.`),
      back: () => line(t`The API is back.`),
    },
    world.interrupted,
  )
}

/** An event as one line for a log; null for counters, which would be a line a second. */
function eventWords(event: FleetEvent, previous: Instance | null): string | null {
  if (event.type === 'counters') return null
  const { type, instance } = event
  const { name, statusReason } = instance
  const status = statusWord(instance.status)
  if (type === 'created') return t`${name} is made`
  if (type === 'deleted') return t`${name} is deleted`
  if (type === 'settings')
    return [t`${name}: settings changed`, pauseWords(instance)].filter(Boolean).join(', ')
  const from = previous === null ? status : statusWord(previous.status)
  const why = statusReason === null ? '' : ` (${statusReasonWords(statusReason)})`
  return from === status ? t`${name} is ${status}${why}` : `${name}: ${from} > ${status}${why}`
}
