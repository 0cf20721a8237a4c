import { asFleetError } from './database-error.ts'

/** Runs database work; what it throws becomes a FleetError, DATABASE_UNAVAILABLE where the database is not there. */
export async function onDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw asFleetError(error)
  }
}
