import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'

/**
 * `doctor`, for the help: it looks at database and Evolution themselves, which this program does not know, so the program of
 * a clone runs apps/doctor in its place (tools/scripts/zapfleet.mjs).
 */
export function addDoctor(parent: Command, cli: Cli): void {
  const doctor = parent
    .command('doctor')
    .description(
      'what the fleet stands on, and what is wrong with it; where it runs, also while the API is down',
    )
    .action(
      acts(cli, async () => {
        throw new Refusal('usage', t`The doctor works where the fleet runs, in its clone.`, [
          t`There: npm run doctor`,
        ])
      }),
    )
  examples(doctor, 'doctor', 'doctor --json | jq ".checks[] | select(.verdict != \\"ok\\")"')
}
