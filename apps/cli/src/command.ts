import { type Command, InvalidArgumentError } from 'commander'
import { EXIT } from './exit-codes.ts'
import type { Spoken } from './failure.ts'
import { translated } from './language.ts'
import { type GlobalFlags, openSession, type Session } from './session.ts'
import { suggestName } from './suggest-name.ts'
import type { World } from './world.ts'

/** What one run of the program leaves: how it ends, and whom it spoke to. */
export type Run = { exit: number; spoken: Spoken }

/** What commands are made with. */
export type Cli = { world: World; run: Run }

/** How a verb ended when it did not throw; nothing means well. */
export type Ending = keyof typeof EXIT | undefined

/**
 * A verb as commander's action: it gets a session, its arguments, its own options and the command itself, and leaves an exit
 * code.
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
      run.spoken = session.spoken()
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
  // Before an option or a pipe, never inside quotes: those stand last in our examples.
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
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`)
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

/** The object without what is undefined: the API takes a field that is there for one that is meant. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
