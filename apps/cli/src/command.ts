import { type Command, InvalidArgumentError } from 'commander'
import { EXIT } from './exit-codes.ts'
import type { Called } from './failure.ts'
import { t, translated } from './language.ts'
import { type GlobalFlags, openSession, type Session } from './session.ts'
import { suggestName } from './suggest-name.ts'
import type { World } from './world.ts'

/** The result of one run of the program: its exit code, and the fleet that it called. */
export type Run = { exit: number; called: Called }

/** What the functions that add commands take. */
export type Cli = { world: World; run: Run }

/** How a command ended without an error; undefined is success. */
export type Ending = keyof typeof EXIT | undefined

/**
 * Makes an action for commander of a function that takes a session, its arguments, its options and the command. The result is
 * an exit code.
 */
export function acts<A extends unknown[]>(
  { world, run }: Cli,
  verb: (session: Session, ...args: A) => Promise<Ending> | Promise<void>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const command = all.pop() as Command
    const session = openSession(world, command.optsWithGlobals<GlobalFlags>())
    try {
      const ending = await verb(session, ...([...all, command] as A))
      run.exit = EXIT[ending ?? 'ok']
    } catch (error) {
      run.called = session.called()
      throw await suggestName(session, error)
    }
  }
}

/** Adds command lines to a command's help, as examples. */
export function examples(command: Command, ...lines: string[]): Command {
  const shown = lines.flatMap((line) => shellLines(`zapfleet ${line}`)).join('\n')
  return command.addHelpText('after', `\n${translated('Examples:')}\n${shown}`)
}

/** A command line as lines of at most 80 columns, which a shell takes when they are pasted. */
function shellLines(line: string): string[] {
  const most = 80 - '  $ '.length
  if (line.length <= most) return [`  $ ${line}`]
  // Before an option or a pipe, not inside quotes, which are last in the examples.
  const at = Math.max(
    line.lastIndexOf(' --', most - 2),
    line.lastIndexOf(' | ', most - 2),
    line.lastIndexOf(' > ', most - 2),
  )
  return [`  $ ${line.slice(0, at)} \\`, `      ${line.slice(at + 1)}`]
}

/** Reads an argument that is a whole number between two. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(t`Expected a whole number from ${least} to ${most}.`)
  }
}

/** Collects an option that may be given several times, or once with commas. */
export function several(text: string, before: string[] | undefined): string[] {
  return [
    ...(before ?? []),
    ...text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ]
}

/** The object without its undefined fields, which the API would refuse. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

/** Reads an argument that is an instant, or a day, which means its beginning in UTC. */
export function instantArgument(text: string): string {
  const [day] = /^\d{4}-\d{2}-\d{2}(?=$|T)/.exec(text) ?? []
  if (day !== undefined && isDay(day)) {
    const at = new Date(text)
    if (!Number.isNaN(at.getTime())) return at.toISOString()
  }
  throw new InvalidArgumentError(t`Expected a day as 2027-12-31, or an instant as 2027-12-31T12:00:00Z.`)
}

/** Whether the calendar has this day: a Date takes June 31 for July 1. */
function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}
