import tab from '@bomb.sh/tab/commander'
import { Command, Help, type Option } from 'commander'
import type { Run } from './command.ts'
import { examples, wholeNumber } from './command.ts'
import { addOpenPage, addVersion, addWhoAmI } from './commands/about.ts'
import { addActsOnInstance } from './commands/act-on-instance.ts'
import { addAlertRoutes } from './commands/alert-routes.ts'
import { addAlerts } from './commands/alerts.ts'
import { addAudit } from './commands/audit.ts'
import { addContacts } from './commands/contacts.ts'
import { addDoctor } from './commands/doctor.ts'
import { addForecast } from './commands/forecast.ts'
import { addGetInstance } from './commands/get-instance.ts'
import { addHealth } from './commands/health.ts'
import { addImportInstances } from './commands/import-instances.ts'
import { addInstanceHistory } from './commands/instance-history.ts'
import { addKeys } from './commands/keys.ts'
import { addListInstances } from './commands/list-instances.ts'
import { addLogin } from './commands/login.ts'
import { addMessages } from './commands/messages.ts'
import { addMoveInstance } from './commands/move-instance.ts'
import { addPairInstance } from './commands/pair-instance.ts'
import { addProfiles } from './commands/profiles.ts'
import { addReservations } from './commands/reservations.ts'
import { addRestrictAndUnrestrict } from './commands/restrict-instance.ts'
import { addSend } from './commands/send.ts'
import { addServers } from './commands/servers.ts'
import { addStats } from './commands/stats.ts'
import { addPauseAndResume, addUpdateInstance } from './commands/update-instance.ts'
import { addWatch } from './commands/watch.ts'
import { addWebhookEndpoints } from './commands/webhook-endpoints.ts'
import { addWhy } from './commands/why.ts'
import { exitCodesHelp } from './exit-codes.ts'
import { t, translated } from './language.ts'
import { usageWords } from './usage-words.ts'
import type { World } from './world.ts'

const findingHelp = () => t`Which fleet, and by which key: each from the first of
  the flags; --profile; ZAPFLEET_URL and ZAPFLEET_API_KEY; the default profile
  (zapfleet login); npm start beside it (.zapfleet, or ADMIN_API_KEY in .env).
  See what is used with: zapfleet whoami`

/** The command line, ready to be parsed. A command stores its exit code in `run`. */
export function makeProgram(world: World, run: Run): Command {
  const cli = { world, run }
  const program = new Command('zapfleet')
  program
    .description('The fleet of WhatsApp numbers, from a terminal.')
    .version(world.version, '-V, --version', 'the version of this program')
    .helpOption('-h, --help', translated('what a command does, with examples'))
    .helpCommand('help [command]', translated('help of a command'))
    .option('--url <url>', 'where zapfleet answers')
    .option('--key-file <file>', 'the file that holds the API key; - reads it from standard input')
    .option('--profile <name>', 'the profile to use')
    .option(
      '--wait <seconds>',
      'while zapfleet does not answer, try again for so long',
      wholeNumber(0, 3_600),
    )
    .option('--json', 'data as JSON on stdout, errors as JSON on stderr')
    .option('--no-color', 'no colours')
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: helpWidth(world),
      styleTitle: translated,
      ...optionHelp,
    })
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      // With --json, runCli prints a failure as one value.
      writeErr: (text) => void (world.args.includes('--json') || world.stderr.write(text)),
      outputError: (text, write) => write(usageLine(text)),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })

  addWatch(program, cli)
  addInstances(program, cli)
  addWhy(program, cli)
  addReservations(program, cli)
  addSend(program, cli)
  addMessages(program, cli)
  addContacts(program, cli)
  addHealth(program, cli)
  addStats(program, cli)
  addForecast(program, cli)
  addDoctor(program, cli)
  addServers(program, cli)
  addKeys(program, cli)
  addAlertRoutes(program, cli)
  addWebhookEndpoints(program, cli)
  addAlerts(program, cli)
  addAudit(program, cli)
  addLogin(program, cli)
  addWhoAmI(program, cli)
  addProfiles(program, cli)
  addOpenPage(program, cli)
  addVersion(program, cli)
  completeShell(program)

  examples(
    program,
    'instances create vendas-01 --phone +5511987654321',
    'instances list',
    'why 5511987654321',
    'watch',
  ).addHelpText('after', `\n${findingHelp()}\n\n${exitCodesHelp()}`)
  helpOnErrors(program, 'zapfleet')
  translateHelp(program)
  return program
}

function addInstances(program: Command, cli: { world: World; run: Run }): void {
  const instances = program
    .command('instances')
    .alias('instance')
    .description('the numbers: add, view, change, remove')
  addListInstances(instances, cli)
  addGetInstance(instances, cli)
  addPairInstance(instances, cli)
  addMoveInstance(instances, cli)
  addUpdateInstance(instances, cli)
  addPauseAndResume(instances, cli)
  addRestrictAndUnrestrict(instances, cli)
  addActsOnInstance(instances, cli)
  addImportInstances(instances, cli)
  addInstanceHistory(instances, cli)
  examples(instances, 'instances list', 'instances create vendas-01', 'instances get vendas-01')
}

/** Adds the command of the help to usage errors. */
function helpOnErrors(command: Command, path: string): void {
  command.showHelpAfterError(t`See: ${path} --help`)
  for (const one of command.commands) helpOnErrors(one, `${path} ${one.name()}`)
}

/** Descriptions of commands, arguments and options in the language of the person. */
function translateHelp(command: Command): void {
  command.description(translated(command.description()))
  for (const one of command.registeredArguments) one.description = translated(one.description)
  for (const one of command.options) one.description = translated(one.description)
  for (const one of command.commands) translateHelp(one)
}

/** Translates commander's own words in help texts. */
const optionHelp = {
  optionDescription: ({ description, argChoices }: Option): string =>
    argChoices === undefined ? description : `${description} (${t`choices`}: ${argChoices.join(', ')})`,
  subcommandTerm: (command: Command): string =>
    Help.prototype.subcommandTerm(command).replace('[options]', t`[options]`),
  commandUsage(command: Command): string {
    const path = []
    for (let one: Command | null = command; one !== null; one = one.parent) path.unshift(one.name())
    return `${path.join(' ')} ${command.usage().replace('[options]', t`[options]`).replace('[command]', t`[command]`)}`
  },
}

function helpWidth(world: World): number {
  return Math.min(world.stdout.columns ?? 80, 80)
}

/** commander's "error: unknown option '--jsn'\n(Did you mean --json?)" on one line. */
function usageLine(text: string): string {
  return `zapfleet: ${usageWords(text)}\n`
}

/** Adds `completion <shell>`, which prints a script for a shell, and the hidden `complete`, which that script calls. */
function completeShell(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  const completion = program.commands.find((one) => one.name() === 'completion')
  if (completion === undefined) throw new Error('@bomb.sh/tab added no command named completion')
  completion.description('print a script that completes commands and options in your shell')
  examples(
    completion,
    'completion bash > ~/.local/share/bash-completion/completions/zapfleet',
    'completion zsh > ~/.zfunc/_zapfleet',
    'completion fish > ~/.config/fish/completions/zapfleet.fish',
  )
}
