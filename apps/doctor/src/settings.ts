import { type Environment, EnvironmentError, parseEnvironment } from '@zapfleet/core'
import { type Finding, fail, ok, warn } from './finding.ts'

/** What can be looked at with an environment, even a bad one: `unusable` names the variables that are missing or wrong. */
export type Settings = { environment: Environment; unusable: ReadonlySet<string>; finding: Finding }

/** In the place of what is missing or wrong, so that the rest can be read. Nothing of it is ever used. */
const STAND_INS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1/nothing',
  EVOLUTION_API_URL: 'http://127.0.0.1',
  EVOLUTION_API_KEY: 'none',
  ADMIN_API_KEY: `stand-in-0123456789-aaaaaaaaaaaaa`,
  BOT_API_KEY: `stand-in-0123456789-bbbbbbbbbbbbb`,
}

/** Reads the environment of the fleet's processes, every problem at once, and continues with the valid part. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  { source, difference = null }: { source: string; difference?: string | null },
): Settings {
  const also = difference === null ? '' : `; ${difference}`
  try {
    const environment = parseEnvironment(env)
    return {
      environment,
      unusable: new Set(),
      finding:
        difference === null
          ? ok('environment', `${source}: all that is needed is set`)
          : warn(
              'environment',
              `${source}: all that is needed is set${also}`,
              'What follows is about the values set here. Start anew to use them, or run the doctor with those of the running start.',
            ),
    }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const unusable = new Set(error.problems.map((problem) => problem.split(' ')[0] ?? ''))
    const readable = Object.fromEntries(Object.entries(env).filter(([name]) => !unusable.has(name)))
    return {
      environment: parseEnvironment({ ...STAND_INS, ...readable, ...standingIn(unusable) }),
      unusable,
      finding: fail(
        'environment',
        `${source}: ${error.problems.join('; ')}${also}`,
        'Set what is named, in the environment or in .env; .env.example describes each variable.',
      ),
    }
  }
}

function standingIn(unusable: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(STAND_INS).filter(([name]) => unusable.has(name)))
}
