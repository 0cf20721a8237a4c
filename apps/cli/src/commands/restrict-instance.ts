import type { Command } from 'commander'
import { acts, type Cli, examples, instantArgument } from '../command.ts'
import { t } from '../language.ts'
import { plain } from '../terminal/text-width.ts'
import { restrictionWords } from '../words.ts'

/** `instances restrict` and `instances unrestrict` */
export function addRestrictAndUnrestrict(parent: Command, cli: Cli): void {
  const restrict = parent
    .command('restrict')
    .argument('<name>', 'the number’s name')
    .description('WhatsApp lets the number write only to people who know it, as its phone shows')
    .option('--until <instant>', 'the end that the phone shows (default: no end known)', instantArgument)
    .action(
      acts(cli, async (session, name: string, { until = null }: { until?: string | null }) => {
        const instance = await session.client().instance.setRestriction.mutate({ name, until }, session.call)
        if (session.json) return session.printJson(instance)
        const { restriction } = instance
        const words = restriction === null ? '' : restrictionWords(restriction)
        session.print(t`${plain(instance.name)} serves only people who know it, ${words}.`)
      }),
    )
  examples(
    restrict,
    'instances restrict vendas-01',
    'instances restrict vendas-01 --until 2027-01-31T12:00:00Z',
  )

  const unrestrict = parent
    .command('unrestrict')
    .argument('<name>', 'the number’s name')
    .description('WhatsApp restricts the number no more')
    .action(
      acts(cli, async (session, name: string) => {
        const input = { name, restricted: false } as const
        const instance = await session.client().instance.setRestriction.mutate(input, session.call)
        if (session.json) session.printJson(instance)
        else session.print(t`${plain(instance.name)} serves new contacts again.`)
      }),
    )
  examples(unrestrict, 'instances unrestrict vendas-01')
}
