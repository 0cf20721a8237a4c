import { mayTryAgain } from './database-error.ts'

/** Other programs may lock the same rows in another order: how often a statement is sent at most. */
const ATTEMPTS = 4

/**
 * Runs an autocommit statement, and again where a deadlock or a serialization failure undid it.
 *
 * @throws what `run` throws otherwise, or at the last attempt
 */
export async function repeatUndone<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt >= ATTEMPTS || !mayTryAgain(error)) throw error
    }
  }
}
