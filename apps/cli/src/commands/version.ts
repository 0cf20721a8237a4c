import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'

/** `version` */
export function addVersion(parent: Command, cli: Cli): void {
  const command = parent
    .command('version')
    .description('the version of this program')
    .action(
      acts(cli, async (session) => {
        const { version } = session.world
        if (session.json) session.printJson({ version })
        else session.print(version)
      }),
    )
  examples(command, 'version', 'version --json | jq -r .version')
}
