import { defineConfig } from 'vitest/config'

/** Runs every test of the workspace against the sources (no build needed), with one embedded PostgreSQL for the run. */
export default defineConfig({
  resolve: { conditions: ['@zapfleet/source'] },
  ssr: { resolve: { conditions: ['@zapfleet/source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
