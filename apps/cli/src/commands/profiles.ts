import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { pick } from '../connection/find-fleet.ts'
import { readProfiles, writeProfiles } from '../connection/keep-profiles.ts'
import { withoutProfile } from '../connection/profiles.ts'
import { t } from '../language.ts'
import { table } from '../terminal/table.ts'

/** `profiles list`, `use` and `remove`. Keys are never shown. */
export function addProfiles(parent: Command, cli: Cli): void {
  const profiles = parent
    .command('profiles')
    .alias('profile')
    .description('the fleets that you have logged in to')
  examples(profiles, 'profiles list', 'profiles use prod', 'profiles remove old')

  const list = profiles
    .command('list')
    .alias('ls')
    .description('all profiles, without their keys')
    .action(
      acts(cli, async (session) => {
        const all = readProfiles(session.world)
        const rows = Object.entries(all.profiles).map(([name, { url }]) => ({
          name,
          url,
          isDefault: name === all.default,
        }))
        if (session.json) return session.printJson(rows)
        if (rows.length === 0) return session.say(t`There are no profiles. Make one with: zapfleet login`)
        const columns = [
          { title: t`PROFILE`, cell: ({ name }: { name: string }) => name },
          { title: t`ADDRESS`, least: 20, cell: ({ url }: { url: string }) => url },
          { title: t`DEFAULT`, cell: ({ isDefault }: { isDefault: boolean }) => (isDefault ? t`yes` : '') },
        ]
        session.print(table(rows, columns, { width: session.width, title: session.paint.dim }))
      }),
    )
  examples(list, 'profiles list')

  const use = profiles
    .command('use')
    .argument('<profile>', 'its name')
    .description('make a profile the default')
    .action(
      acts(cli, async (session, name: string) => {
        const all = readProfiles(session.world)
        const { url } = pick(all, name, 'profiles use')
        writeProfiles(session.world, { ...all, default: name })
        session.say(t`The default is ${name} now: ${url}`)
      }),
    )
  examples(use, 'profiles use prod')

  const remove = profiles
    .command('remove')
    .alias('rm')
    .argument('<profile>', 'its name')
    .description('remove a profile and its key; the key itself stays valid')
    .action(
      acts(cli, async (session, name: string) => {
        const all = readProfiles(session.world)
        pick(all, name, 'profiles remove')
        writeProfiles(session.world, withoutProfile(all, name))
        session.say(t`Profile ${name} is forgotten. To end its key: zapfleet keys revoke`)
      }),
    )
  examples(remove, 'profiles remove old')
}
