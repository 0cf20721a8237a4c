import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { stamp } from '../terminal/instant.ts'
import { plain } from '../terminal/text-width.ts'
import { eventWords, type FleetView, sorted } from '../watch/fleet-view.ts'
import { followFleet } from '../watch/follow-fleet.ts'
import { watchScreen } from '../watch/watch-screen.ts'
import { statusWord } from '../words.ts'

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

/** The API's own events, one JSON value a line, after `{ type: 'instances', instances }` for the whole. */
async function watchByEvents({ world, ...session }: Session): Promise<void> {
  const tell = (event: object) => void world.stdout.write(`${JSON.stringify(event)}\n`)
  await followFleet(
    { world, ...session },
    {
      list: (view) => tell({ type: 'instances', instances: sorted(view) }),
      event: tell,
      away: () => tell({ type: 'away' }),
      back: () => tell({ type: 'back' }),
    },
    world.interrupted,
  )
}

async function watchByLines(session: Session): Promise<void> {
  const { world } = session
  const line = (words: string) =>
    session.print(`${stamp(new Date(world.now()).toISOString())}  ${plain(words)}`)
  let told: FleetView = new Map()
  await followFleet(
    session,
    {
      list(view) {
        // What changed while nothing was heard has no event: it is told as it is now.
        for (const one of sorted(view)) {
          const before = told.get(one.name)
          if (before?.status !== one.status || before.paused !== one.paused)
            line(t`${one.name} is ${statusWord(one.status)}${one.paused ? t`, paused` : ''}`)
        }
        for (const name of told.keys()) if (!view.has(name)) line(t`${name} is deleted`)
        told = view
      },
      event(event, before, after) {
        const words = eventWords(before, event)
        if (words !== null) line(words)
        told = after
      },
      away: () => line(t`The API does not answer; trying again.`),
      back: () => line(t`The API is back.`),
    },
    world.interrupted,
  )
}
