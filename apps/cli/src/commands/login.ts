import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import { DEFAULT_URL, isLoopback, readAddress } from '../connection/address.ts'
import { readSecretFile } from '../connection/find-fleet.ts'
import { profileFile, readProfiles, writeProfiles } from '../connection/keep-profiles.ts'
import { openClient } from '../connection/open-client.ts'
import { isProfileName, withProfile } from '../connection/profiles.ts'
import { t, translated } from '../language.ts'
import { Refusal } from '../refusal.ts'
import type { GlobalFlags, Session } from '../session.ts'
import { ask, askSecret, canAsk } from '../terminal/ask.ts'

const DEFAULT_NAME = 'default'

/** `login` */
export function addLogin(parent: Command, cli: Cli): void {
  const login = parent
    .command('login')
    .description('keep a fleet’s address and key in a profile, for this user only')
    .addHelpText(
      'after',
      translated(
        '\nThe key is typed at a prompt that does not show it, or read from a file\n(--key-file <file>) or from standard input (--key-file -).',
      ),
    )
    .action(
      acts(cli, (session, _: object, command: Command) =>
        logIn(session, command.optsWithGlobals<GlobalFlags>()),
      ),
    )
  examples(
    login,
    'login',
    'login --profile prod --url https://fleet.example.com',
    'login --profile prod --url https://fleet.example.com --key-file -  < key.txt',
  )
}

async function logIn(session: Session, flags: GlobalFlags): Promise<void> {
  const { world } = session
  const name = flags.profile ?? world.env.ZAPFLEET_PROFILE ?? DEFAULT_NAME
  if (!isProfileName(name))
    throw new Refusal(
      'usage',
      t`"${name}" is no name for a profile: expected 1 to 50 letters, digits, -, _ or dots.`,
    )
  const before = readProfiles(world)
  const url = await readUrl(session, flags.url ?? world.env.ZAPFLEET_URL ?? before.profiles[name]?.url)
  const apiKey = await readKey(session, flags.keyFile, url)

  const answer = await session.during(t`Asking ${url}`, () =>
    openClient({ url, apiKey }).key.whoAmI.query({}, session.call),
  )
  const profiles = withProfile(before, name, { url, apiKey })
  writeProfiles(world, profiles)
  if (session.json) return session.printJson({ profile: name, url, role: answer.role, label: answer.label })
  session.say(t`Logged in to ${url} as ${answer.role} (${answer.label}).`)
  const isDefault = profiles.default === name
  session.say(
    t`Kept as profile ${name}${isDefault ? t`, which is the default,` : ''} in ${profileFile(world)}.`,
  )
  if (!isDefault) session.say(t`Use it with --profile ${name}, or always: zapfleet profiles use ${name}`)
  if (url.startsWith('http:') && !isLoopback(url))
    session.say(t`Warning: this address is http, so the key is sent unencrypted. Use https.`)
}

async function readUrl(session: Session, known: string | undefined): Promise<string> {
  const { world } = session
  if (known !== undefined && known !== '') return readAddress(known, t`The address`)
  if (!canAsk(world)) throw new Refusal('usage', t`The address is missing: --url https://fleet.example.com`)
  const typed = await ask(world, t`Address of zapfleet [${DEFAULT_URL}]: `)
  return readAddress(typed === '' ? DEFAULT_URL : typed, t`The address`)
}

async function readKey(session: Session, file: string | undefined, url: string): Promise<string> {
  const { world } = session
  if (file !== undefined) return readSecretFile(world, file, '--key-file')
  if (world.env.ZAPFLEET_API_KEY) return world.env.ZAPFLEET_API_KEY
  if (!canAsk(world))
    throw new Refusal('usage', t`No key was given, and there is no terminal to type it in.`, [
      t`Give it by --key-file <file>, by --key-file - from standard input, or as ZAPFLEET_API_KEY.`,
    ])
  const key = await askSecret(world, t`API key for ${url} (not shown): `)
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key
  throw new Refusal('usage', t`That is no key: expected one word of visible ASCII characters.`)
}
