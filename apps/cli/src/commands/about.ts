import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { pageAddress } from '../connection/address.ts'
import { t } from '../language.ts'
import { plain } from '../terminal/text-width.ts'

/** `whoami` */
export function addWhoAmI(parent: Command, cli: Cli): void {
  const whoami = parent
    .command('whoami')
    .description('which fleet is called, by which key, and where both came from')
    .action(
      acts(cli, async (session) => {
        const { role, label, pools } = await session.client().key.whoAmI.query({}, session.call)
        const { url, urlFrom, keyFrom } = session.found()
        if (session.json) return session.printJson({ url, urlFrom, keyFrom, role, label, pools })
        const { dim } = session.paint
        session.print([
          t`${dim(t`Fleet`)}  ${url}  (from ${urlFrom})`,
          t`${dim(t`Key`)}    ${role}, ${label}  (from ${keyFrom})`,
          ...(pools?.length ? [`${dim(t`Pools`)}  ${plain(pools.join(', '))}`] : []),
        ])
      }),
    )
  examples(whoami, 'whoami', 'whoami --json | jq -r .role')
}

/** `open` */
export function addOpenPage(parent: Command, cli: Cli): void {
  const command = parent
    .command('open')
    .argument('[name]', 'the page of this number')
    .description('open the page in a browser; prints its address')
    .action(
      acts(cli, async (session, name: string | undefined) => {
        // An unknown name is refused before a browser opens.
        if (name !== undefined) await session.client().instance.get.query({ name }, session.call)
        const url = pageAddress(session.found().url, name)
        if (session.json) session.printJson({ url })
        else session.print(url)
        await session.world.openInBrowser(url)
      }),
    )
  examples(command, 'open', 'open vendas-01')
}

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
