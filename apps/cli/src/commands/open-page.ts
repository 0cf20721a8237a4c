import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { pageAddress } from '../connection/page-address.ts'

/** `open` */
export function addOpenPage(parent: Command, cli: Cli): void {
  const command = parent
    .command('open')
    .argument('[name]', 'the page of this number')
    .description('open the page in a browser; prints its address')
    .action(
      acts(cli, async (session, name: string | undefined) => {
        // A name that does not exist is refused before a browser shows nothing.
        if (name !== undefined) await session.client().instance.get.query({ name }, session.call)
        const url = pageAddress(session.found().url, name)
        if (session.json) session.printJson({ url })
        else session.print(url)
        await session.world.openInBrowser(url)
      }),
    )
  examples(command, 'open', 'open vendas-01')
}
