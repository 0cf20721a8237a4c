import type { MessageState } from '@zapfleet/client'
import type { Ending } from './command.ts'
import type { Message } from './connection/open-client.ts'
import { t } from './language.ts'
import type { Session } from './session.ts'
import { stamp } from './terminal/instant.ts'
import { plain } from './terminal/text-width.ts'

export const MESSAGE_STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'expired',
  'canceled',
  'unknown',
] as const satisfies readonly MessageState[]

const states = (): Record<MessageState, string> => ({
  queued: t`queued`,
  sending: t`sending`,
  sent: t`sent`,
  delivered: t`delivered`,
  read: t`read`,
  failed: t`failed`,
  expired: t`expired`,
  canceled: t`canceled`,
  unknown: t`not certain`,
})

/** A state in a word or two. */
export function stateWord(state: MessageState): string {
  return states()[state] ?? state
}

/** The colour of a state: green when it arrives, yellow while it is open, red when it did not arrive. */
export function statePaint({ paint }: Pick<Session, 'paint'>, state: MessageState): (text: string) => string {
  if (state === 'sent' || state === 'delivered' || state === 'read') return paint.green
  return state === 'failed' || state === 'expired' ? paint.red : paint.yellow
}

/** How `send` ends: without an error where the message was sent or waits. */
export function endingOf(state: MessageState): Ending {
  if (state === 'failed' || state === 'expired' || state === 'canceled') return 'unexpected'
  return state === 'sending' || state === 'unknown' ? 'notVerified' : undefined
}

/** Prints a message, and what became of it. */
export function showMessage(session: Session, message: Message): void {
  if (session.json) {
    session.printJson(message)
    return
  }
  const { id, to, contactId, pool, state, instanceName, notBefore, validUntil, error } = message
  const name = instanceName === null ? '' : `${session.paint.bold(plain(instanceName))}  `
  const whose = contactId === to ? t`to ${plain(to)}` : t`to ${plain(to)}, for ${plain(contactId)}`
  session.print([
    `${name}${statePaint(session, state)(stateWord(state))}  ${whose}`,
    ...(state === 'queued' && notBefore !== null ? [t`  not before ${stamp(notBefore)}`] : []),
    ...(state === 'queued' && validUntil !== null ? [t`  until ${stamp(validUntil)} at most`] : []),
    ...(pool === null ? [] : [t`  in the pool ${plain(pool)}`]),
    ...pathOf(message),
    ...triesOf(message),
    ...(error === null ? [] : [`  ${plain(error)}`]),
    ...(state === 'unknown' || state === 'sending'
      ? [t`  It may have arrived. Look at the chat on the phone before you send it again.`]
      : []),
    `  id ${id}`,
  ])
}

/** When it was sent, delivered and read. */
function pathOf({ sentAt, deliveredAt, readAt }: Message): string[] {
  const steps = [
    ...(sentAt === null ? [] : [t`sent ${stamp(sentAt)}`]),
    ...(deliveredAt === null ? [] : [t`delivered ${stamp(deliveredAt)}`]),
    ...(readAt === null ? [] : [t`read ${stamp(readAt)}`]),
  ]
  return steps.length === 0 ? [] : [`  ${steps.join(', ')}`]
}

/** The numbers that were tried, where the first one did not send it. */
function triesOf({ attempts }: Message): string[] {
  if (attempts.every(({ result }) => result === 'sent' || result === 'sending')) return []
  const tries = attempts.map(({ instanceName, result }) => `${plain(instanceName)} (${plain(result)})`)
  return [t`  tried: ${tries.join(', ')}`]
}
