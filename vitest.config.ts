import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** They take longest, mostly waiting, in this order: begun last, they would hold up the end alone. */
const BEGIN_WITH = [
  'test/start.test.ts',
  'apps/dashboard/test/dashboard.test.ts',
  'packages/core/test/health/restless.test.ts',
  'packages/core/test/message/storm.test.ts',
  'test/adopting/adopting.test.ts',
  'apps/api/test/fuzz.test.ts',
  'packages/client/test/published.test.ts',
  'apps/dashboard/test/adding.test.ts',
  'apps/dashboard/test/large-fleet.test.ts',
  'apps/doctor/test/doctor.test.ts',
  'apps/api/test/routes.test.ts',
  'packages/core/test/provisioning/acts.test.ts',
  'packages/core/test/provisioning/scan.test.ts',
  'apps/cli/test/pairing.test.ts',
  'tools/chaos/test/violations.test.ts',
  'apps/api/test/sessions.test.ts',
  'packages/core/test/provisioning/faults.test.ts',
  'apps/dashboard/test/sessions.test.ts',
  'test/build-order.test.ts',
  'packages/core/test/exactness/exactness.test.ts',
  'tools/chaos/test/chaos.test.ts',
  'test/secrets.test.ts',
  'tools/embedded/test/crash.test.ts',
  'packages/core/test/health/truth.test.ts',
  'apps/api/test/reading.test.ts',
  'apps/api/test/ended-keys.test.ts',
  'packages/core/test/available.twin.test.ts',
  'packages/client/test/live.test.ts',
  'packages/core/test/delivery/judge-delivery.test.ts',
  'apps/cli/test/program.test.ts',
  'apps/dashboard/test/operating.test.ts',
  'apps/scheduler/test/leaders.test.ts',
  'tools/chaos/test/rolling-restart.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = BEGIN_WITH.findIndex((name) => moduleId.endsWith(`/${name}`))
      return found === -1 ? BEGIN_WITH.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

/** Workspace packages are read from their sources: tests need no build. */
const conditions = ['@zapfleet/source', 'module', 'node', 'development|production']

/** Runs every test of the workspace, with one embedded PostgreSQL for the run, started when it is first requested. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Where vitest itself runs test/postgres.ts.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'tools/*/test/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    globalSetup: ['test/memory-folder.ts', 'test/postgres.ts', 'test/bundle-programs.ts'],
    // These limits end a test that hangs; no test measures time. A busy machine takes ten times as long as an idle one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    // `npm test` chooses more where the machine is idle (tools/scripts/test-workers.mjs). Files of one worker share what they import,
    // which is a quarter of all the work: no module of ours keeps anything between two fleets, and no module that test files share
    // registers a hook when it is imported (test/shared-modules.test.ts).
    maxWorkers: 4,
    isolate: false,
    // Most code of a test runs a few times: it is optimized later than usual, and WebAssembly (Prisma's engine) not at all. The
    // short-lived objects of a test fit into the young generation: one of 64 MB is collected seldom and copies little.
    execArgv: [
      '--interrupt-budget=600000',
      '--liftoff-only',
      '--min-semi-space-size=64',
      '--max-semi-space-size=64',
    ],
    sequence: { sequencer: LongestFirst },
  },
})
