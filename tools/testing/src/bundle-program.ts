import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's bundler (test/bundle-programs.ts). */
    bundlerUrl: string
    /** Whether tests start the programs of apps from `dist` or from the sources. */
    programs: 'built' | 'sources'
  }
}

/**
 * Bundles a program of this workspace into one file that Node runs without further arguments; returns its path. A program is
 * bundled once a run, at its first use, in about a second. Throws the bundler's error.
 */
export async function bundleProgram(program: URL): Promise<string> {
  const answer = await fetch(inject('bundlerUrl'), { method: 'POST', body: fileURLToPath(program) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${program} was not bundled: ${text}`)
  return text
}

/**
 * The bundled program of an app. `npm test` builds everything and sets ZAPFLEET_TEST_PROGRAMS=built: the program is bundled from
 * `dist`. A run of vitest alone bundles it from the sources, which need no build.
 */
export function programOf(app: 'api' | 'scheduler' | 'sender' | 'doctor' | 'cli'): Promise<string> {
  const main = inject('programs') === 'built' ? 'dist/main.js' : 'src/main.ts'
  return bundleProgram(new URL(`../../../apps/${app}/${main}`, import.meta.url))
}
