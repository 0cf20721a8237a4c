import { parseArgs } from 'node:util'
import { FAULTS } from './faults/index.ts'

/** The options of the command. */
export type ChaosArguments = {
  short: boolean
  only: string[] | null
  seed: number
  rounds: number
  soakMinutes: number | null
  help: boolean
}

export const USAGE = `pnpm chaos [--short] [--only FAULT]... [--seed N] [--rounds N] [--soak MIN]

  --short        the most informative faults, each for a shorter time: half a minute
  --only FAULT   only this fault; may be given more than once
  --seed N       the order of the faults and what the callers do (default: another each time; it is printed)
  --rounds N     so many runs one after the other, each with the next seed (default 1)
  --soak MIN     the memory fault for so many minutes, at a busy bot's pace (default: one, as fast as it goes)

Faults:
${FAULTS.map(({ name, title }) => `  ${name.padEnd(32)}${title}`).join('\n')}`

/**
 * Reads the command line.
 * @throws Error with what was expected
 */
export function readArguments(argv: readonly string[], anySeed: number): ChaosArguments {
  const { values } = parseArgs({
    // pnpm passes the separator of its own arguments through.
    args: argv.filter((word, at) => !(at === 0 && word === '--')),
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      seed: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      soak: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
  for (const name of values.only ?? [])
    if (!FAULTS.some((fault) => fault.name === name))
      throw new Error(`--only takes the name of a fault; there is none called "${name}".`)
  const { soak } = values
  return {
    short: values.short,
    only: values.only ?? null,
    seed: values.seed === undefined ? anySeed : wholeNumber('--seed', values.seed),
    rounds: wholeNumber('--rounds', values.rounds),
    soakMinutes: soak === undefined ? null : wholeNumber('--soak', soak),
    help: values.help,
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`${option} takes a whole number of 1 or more; it was given "${text}".`)
  return Number(text)
}
