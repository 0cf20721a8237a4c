import type { Retry } from '@zapfleet/client'
import { DEFAULT_FROM, type FleetFlags, type FoundFleet, findFleet } from './connection/find-fleet.ts'
import { type FleetClient, openClient } from './connection/open-client.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import { type Paint, paintOf, wantsColour } from './terminal/paint.ts'
import { spinWhile } from './terminal/spinner.ts'
import { plain } from './terminal/text-width.ts'
import type { World } from './world.ts'

/** The options that every command has. */
export type GlobalFlags = FleetFlags & { json?: boolean; color?: boolean; wait?: number }

/**
 * One run of one command: its world, the fleet (found and opened at the first call), and its output. Data goes to stdout
 * (`print`, `printJson`), messages to stderr (`say`).
 */
export type Session = {
  world: World
  json: boolean
  /** Columns of the terminal that data goes to; undefined without a terminal, where nothing is cut. */
  width: number | undefined
  /** False with `--no-color`; else each stream decides. */
  colour: boolean
  /** Colours for stdout and for stderr. */
  paint: Paint
  paintTalk: Paint
  found(): FoundFleet
  /** The fleet if it was found already. */
  called(): FoundFleet | null
  client(): FleetClient
  /** Options of every call: an interruption of the program aborts it. */
  call: { signal: AbortSignal }
  print(lines: string | readonly string[]): void
  printJson(value: unknown): void
  say(line: string): void
  /** Shows a spinner on a terminal meanwhile. */
  during<T>(label: string, work: () => Promise<T>): Promise<T>
}

/** Opens a session. Reads and calls nothing yet. */
export function openSession(world: World, flags: GlobalFlags): Session {
  const json = flags.json === true
  const colour = flags.color !== false
  let found: FoundFleet | null = null
  let client: FleetClient | null = null
  const find = () => (found ??= findFleet(world, flags))
  const print = (lines: string | readonly string[]) => {
    world.stdout.write(`${typeof lines === 'string' ? lines : lines.join('\n')}\n`)
  }
  const say = (line: string) => {
    world.stderr.write(`${line}\n`)
  }
  const reportRetry = ({ error, ...retry }: Retry) => {
    const { waitMs, remainingMs } = retry
    if (json) return say(JSON.stringify({ retry: { ...retry, code: error.code } }))
    const [next, left] = [(waitMs / 1000).toFixed(1), Math.ceil(remainingMs / 1000)]
    say(t`${plain(error.message)} Next try in ${next} s, for ${left} s more.`)
  }
  return {
    world,
    json,
    width: world.stdout.isTTY ? (world.stdout.columns ?? 80) : undefined,
    colour,
    paint: paintOf(wantsColour(world, world.stdout, colour)),
    paintTalk: paintOf(wantsColour(world, world.stderr, colour)),
    found: find,
    called: () => found,
    client: () => {
      // `instances create` has its own --no-wait, which commander stores as a boolean under the same name.
      const seconds = typeof flags.wait === 'number' ? flags.wait : 0
      client ??= openClient(withKey(find()), { seconds, onRetry: reportRetry })
      return client
    },
    call: { signal: world.interrupted },
    print,
    // Indented on a terminal; one line for programs.
    printJson: (value) => print(JSON.stringify(value, null, world.stdout.isTTY ? 2 : undefined)),
    say,
    during: (label, work) => (json ? work() : spinWhile(world.stderr, label, work)),
  }
}

/** @throws Refusal (denied) when no key was found */
function withKey({ url, urlFrom, key }: FoundFleet): { url: string; apiKey: string } {
  if (key !== null) return { url, apiKey: key }
  const nothingKnown = urlFrom === DEFAULT_FROM
  throw new Refusal(
    'denied',
    t`There is no API key for ${url}${nothingKnown ? t`, and no other address` : ''}.`,
    [
      ...(nothingKnown ? [t`No fleet of \`npm start\` runs here: start it with npm start`] : []),
      t`Log in once with: zapfleet login --url ${nothingKnown ? t`<address>` : url}`,
      t`or set ZAPFLEET_API_KEY, or name a file that holds the key: --key-file <file>.`,
    ],
  )
}
