import type { Command } from 'commander'
import { acts, type Cli, type Ending, examples, given } from '../command.ts'
import type { Pairing } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { checkPictureFile } from '../pairing/keep-picture.ts'
import { type PairingFlags, showPairing, withPairing } from '../pairing/pairing-options.ts'
import { printPhone } from '../pairing/print-phone.ts'
import type { PairingEnd } from '../pairing/report-pairing.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../session.ts'
import { tagsOption } from '../tag-arguments.ts'
import { span } from '../terminal/instant.ts'
import { instanceSheet } from './get-instance.ts'
import { withSettings } from './update-instance.ts'

type PairFlags = PairingFlags & { phone?: string }
type CreateFlags = PairFlags & {
  hourly?: number
  daily?: number
  priority?: number
  tags?: string[]
  server?: string
  wait: boolean
}

/** `instances create` and `instances connect` */
export function addPairInstance(parent: Command, cli: Cli): void {
  const create = withPairing(
    withSettings(
      parent
        .command('create')
        .argument('<name>', '1 to 50 letters, digits, - or _; it is for good')
        .description('add a number: make it, show its QR code, wait until the phone has scanned')
        .option(
          '--phone <number>',
          'its phone, as +5511987654321 or as you write it in your country: then a wrong one is noticed',
        ),
    ),
  )
    .addOption(tagsOption())
    .option('--server <name>', 'the Evolution server (default: the one with the fewest numbers)')
    .option('--no-wait', 'only make it; connect it later')
    .action(acts(cli, createInstance))
  examples(
    create,
    'instances create vendas-03 --phone +5511987650003',
    'instances create vendas-03 --hourly 5 --daily 30 --tags vendas',
    'instances create vendas-03 --png /tmp/code.png',
    'instances create vendas-03 --json | jq -c "{event, state: .pairing.state}"',
  )

  const connect = withPairing(
    parent
      .command('connect')
      .argument('<name>', 'the number’s name')
      .description('connect a number’s phone: show its QR code, wait until the phone has scanned')
      .option('--phone <number>', 'as for create; with it there is a code to type as well'),
  ).action(acts(cli, pairInstance))
  examples(connect, 'instances connect vendas-03', 'instances connect vendas-03 --phone +5511987650003')
}

async function createInstance(session: Session, name: string, options: CreateFlags): Promise<Ending> {
  const { phone: phoneNumber, hourly: hourlyCapacity, daily: dailyCapacity, priority, tags, server } = options
  const input = given({ name, phoneNumber, hourlyCapacity, dailyCapacity, priority, tags, server })
  checkPictureFile(session.world.cwd, options.png)
  await printPhone(session, phoneNumber)
  const made = await make(session, name, () =>
    session.during(t`Making ${name} on Evolution, then its first code`, () =>
      session.client().instance.create.mutate(input, session.call),
    ),
  )
  if (!options.wait) {
    if (session.json) session.printJson(made)
    else {
      session.print(instanceSheet(session, made.instance))
      session.say(t`Connect it with: zapfleet instances connect ${name}`)
    }
    return
  }
  if (session.json)
    session.world.stdout.write(`${JSON.stringify({ event: 'created', instance: made.instance })}\n`)
  else session.say(t`${name} is made.`)
  return untilConnected(session, given({ name, phoneNumber }), options, made.pairing)
}

/** An interrupted create may still have been carried out. */
async function make<T>(session: Session, name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!session.world.interrupted.aborted) throw error
    throw new Refusal('interrupted', t`Stopped while ${name} was being made: it may exist already.`, [
      t`Continue with: zapfleet instances create ${name}, or, where it exists: zapfleet instances connect ${name}`,
    ])
  }
}

async function pairInstance(session: Session, name: string, options: PairFlags): Promise<Ending> {
  checkPictureFile(session.world.cwd, options.png)
  // An unknown name is refused before the terminal is taken.
  await session.client().instance.get.query({ name }, session.call)
  await printPhone(session, options.phone)
  return untilConnected(session, given({ name, phoneNumber: options.phone }), options)
}

async function untilConnected(
  session: Session,
  input: { name: string; phoneNumber?: string },
  options: PairFlags,
  first?: Pairing,
): Promise<Ending> {
  const startedAt = session.world.now()
  const end = await showPairing(session, input, options, first)
  if (end.kind !== 'connected') throw notConnected(input.name, end.kind)
  const { instance } = end
  if (!session.json) {
    const took = session.world.now() - startedAt
    session.say(session.paintTalk.green(t`${input.name} is connected (after ${span(took)}).`))
    session.print(instanceSheet(session, instance))
  }
  return instance.statusReason === 'WRONG_PHONE' ? 'conflict' : undefined
}

function notConnected(name: string, why: Exclude<PairingEnd['kind'], 'connected'>): Refusal {
  const goOn = [t`Continue with: zapfleet instances connect ${name}`]
  switch (why) {
    case 'interrupted':
      return new Refusal('interrupted', t`${name} exists, and is not connected yet.`, goOn)
    case 'timed_out':
      return new Refusal(
        'notConnected',
        t`No code was scanned within --timeout; ${name} exists and is not connected.`,
        goOn,
      )
    case 'qr_limit_reached':
      return new Refusal(
        'notConnected',
        t`No code was scanned in time, and Evolution stopped making codes; ${name} exists.`,
        [t`Have the phone ready, then: zapfleet instances connect ${name}`],
      )
  }
}
