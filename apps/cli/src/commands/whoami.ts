import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { t } from '../language.ts'

/** `whoami` */
export function addWhoAmI(parent: Command, cli: Cli): void {
  const whoami = parent
    .command('whoami')
    .description('which fleet is spoken to, by which key, and where both came from')
    .action(
      acts(cli, async (session) => {
        const { role, label } = await session.client().key.whoAmI.query({}, session.call)
        const { url, urlFrom, keyFrom } = session.found()
        if (session.json) return session.printJson({ url, urlFrom, keyFrom, role, label })
        const { dim } = session.paint
        session.print([
          t`${dim(t`Fleet`)}  ${url}  (from ${urlFrom})`,
          t`${dim(t`Key`)}    ${role}, ${label}  (from ${keyFrom})`,
        ])
      }),
    )
  examples(whoami, 'whoami', 'whoami --json | jq -r .role')
}
