import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'

/**
 * `doctor`, for the help alone: it checks the database and Evolution, which this program does not reach, so the wrapper of a
 * clone runs apps/doctor in its place (tools/scripts/zapfleet.mjs).
 */
export function addDoctor(parent: Command, cli: Cli): void {
  const doctor = parent
    .command('doctor')
    .description('check everything that the fleet depends on, where it runs, also while the API is down')
    .action(
      acts(cli, async () => {
        throw new Refusal('usage', t`The doctor works where the fleet runs, in its clone.`, [
          t`There: npm run doctor`,
        ])
      }),
    )
  examples(doctor, 'doctor', 'doctor --json | jq ".checks[] | select(.verdict != \\"ok\\")"')
}
