import { defineConfig } from 'vitest/config'

/** Workspace packages are read from their sources: tests need no build. */
const conditions = ['@zapfleet/source', 'module', 'node', 'development|production']

/** Runs every test of the workspace, with one embedded PostgreSQL for the run, started when it is first asked for. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Where vitest itself runs test/postgres.ts.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    include: [
      'bench/test/**/*.test.ts',
      'chaos/test/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    globalSetup: ['test/postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Many tests wait for Evolution's time rather than for a core. Files of one worker share what they import, which is a quarter
    // of all the work: no module of ours keeps anything between two fleets.
    maxWorkers: 3,
    isolate: false,
  },
})
