import { isFleetError } from '@zapfleet/client'
import type { Command } from 'commander'
import { acts, type Cli, examples } from '../command.ts'
import type { Instance, Pairing } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { checkPictureFile } from '../pairing/keep-picture.ts'
import { type PairingFlags, showPairing, withPairing } from '../pairing/pairing-options.ts'
import type { PairingEnd } from '../pairing/report-pairing.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../session.ts'
import { span } from '../terminal/instant.ts'
import { plain } from '../terminal/text-width.ts'
import { apiWords } from '../words.ts'
import { instanceSheet } from './get-instance.ts'

type MoveFlags = PairingFlags & { server?: string; cancel?: boolean }

/** A move under way: the number, its own server, and the one that is to have it. */
type Move = { name: string; from: string; to: string }

/** `instances move` */
export function addMoveInstance(parent: Command, cli: Cli): void {
  const move = withPairing(
    parent
      .command('move')
      .argument('<name>', 'the number’s name')
      .description('move a number to another Evolution server: its phone scans a code there')
      .option('--server <name>', 'the server that is to have it, as servers list shows it')
      .option('--cancel', 'give up a move whose phone has not scanned yet'),
  ).action(acts(cli, moveInstance))
  examples(move, 'instances move vendas-01 --server evolution-2', 'instances move vendas-01 --cancel')
}

async function moveInstance(session: Session, name: string, options: MoveFlags): Promise<void> {
  const { server, cancel = false } = options
  if ((server === undefined) !== cancel)
    throw new Refusal('usage', t`Expected one of --server <name> and --cancel.`)
  checkPictureFile(session.world.cwd, options.png)
  const before = await session.client().instance.get.query({ name }, session.call)
  if (cancel && before.movingTo === null)
    throw new Refusal('conflict', t`${plain(name)} does not move to another server.`)
  const move = { name, from: before.server, to: server ?? before.server }
  const { instance, pairing } = await begin(session, move)
  if (pairing === null) return showCancelled(session, instance)
  if (session.json) session.world.stdout.write(`${JSON.stringify({ event: 'moving', instance })}\n`)
  else
    session.say(
      t`${plain(name)} is on ${plain(move.to)} too. ${plain(move.from)} serves it until its phone has scanned.`,
    )
  await untilMoved(session, move, options, pairing)
}

/** An interrupted call may still be carried out. */
async function begin(session: Session, move: Move): Promise<{ instance: Instance; pairing: Pairing | null }> {
  const { name, to } = move
  try {
    return await session.during(t`Making ${plain(name)} on ${plain(to)}, then its first code`, () =>
      session.client().instance.move.mutate({ name, server: to }, session.call),
    )
  } catch (error) {
    if (!session.world.interrupted.aborted) throw error
    throw new Refusal(
      'interrupted',
      t`Stopped while the move of ${plain(name)} began: it may be under way.`,
      goOn(move),
    )
  }
}

function showCancelled(session: Session, instance: Instance): void {
  if (session.json) session.printJson(instance)
  else
    session.print(t`The move of ${plain(instance.name)} is cancelled. ${plain(instance.server)} serves it.`)
}

async function untilMoved(session: Session, move: Move, options: MoveFlags, first: Pairing): Promise<void> {
  const startedAt = session.world.now()
  const end = await showPairing(session, { name: move.name }, options, first).catch((error) => {
    throw isFleetError(error, 'CONFLICT') ? new Refusal('conflict', apiWords(error), goOn(move)) : error
  })
  if (end.kind !== 'connected') throw notMoved(move, end.kind)
  const { instance } = end
  // Another program cancelled the move: then the pairing of its own server ended at once.
  if (instance.server !== move.to)
    throw new Refusal(
      'conflict',
      t`The move of ${plain(move.name)} is cancelled. ${plain(instance.server)} serves it.`,
    )
  if (session.json) return
  const took = span(session.world.now() - startedAt)
  session.say(session.paintTalk.green(t`${plain(move.to)} serves ${plain(move.name)} (after ${took}).`))
  session.say(t`${plain(move.from)} deletes it two minutes from now, or when it answers again.`)
  session.print(instanceSheet(session, instance))
}

const goOn = ({ name, to }: Move): string[] => [
  t`Continue with: zapfleet instances move ${plain(name)} --server ${plain(to)}`,
  t`Give it up with: zapfleet instances move ${plain(name)} --cancel`,
]

function notMoved(move: Move, why: Exclude<PairingEnd['kind'], 'connected'>): Refusal {
  const [name, from, to] = [move.name, move.from, move.to].map(plain)
  switch (why) {
    case 'interrupted':
      return new Refusal(
        'interrupted',
        t`${name} moves to ${to} as soon as its phone scans there; ${from} serves it until then.`,
        goOn(move),
      )
    case 'timed_out':
      return new Refusal(
        'notConnected',
        t`No code was scanned within --timeout; ${from} serves ${name} as before.`,
        goOn(move),
      )
    case 'qr_limit_reached':
      return new Refusal(
        'notConnected',
        t`No code was scanned in time, and Evolution stopped making codes; ${from} serves ${name} as before.`,
        goOn(move),
      )
  }
}
