import { programOf } from '@zapfleet/testing'
import type { CompiledPrograms } from '../src/site/run-program.ts'

/** The programs that the tests of this run start. */
export async function compiledPrograms(): Promise<CompiledPrograms> {
  const [api, scheduler] = await Promise.all([programOf('api'), programOf('scheduler')])
  return { api, scheduler }
}
