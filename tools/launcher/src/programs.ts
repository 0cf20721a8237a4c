import { join } from 'node:path'

/** The programs of a fleet, each by the arguments Node needs to run it. */
export type Programs = { simulator: string[]; api: string[]; scheduler: string[] }

/** The built programs of a clone, or, to `watch` them, their sources, started again when they change. */
export function programsOf(root: string, watch: boolean): Programs {
  const program = (folder: string) =>
    watch
      ? [
          '--watch',
          '--watch-preserve-output',
          '--import',
          'tsx',
          '-C',
          '@zapfleet/source',
          join(root, folder, 'src', 'main.ts'),
        ]
      : ['--enable-source-maps', join(root, folder, 'dist', 'main.js')]
  return {
    simulator: program('tools/simulator'),
    api: program('apps/api'),
    scheduler: program('apps/scheduler'),
  }
}
