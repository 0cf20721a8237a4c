import { tracked } from '@trpc/server'
import { cancelMessage, getMessage, listMessages, type MessageChange, sendMessage } from '@zapfleet/core'
import { z } from 'zod'
import { type Caller, familyOf } from '../caller.ts'
import { withPoolOfCall } from '../pools.ts'
import {
  adminsOnlyProcedure,
  botAct,
  botProcedure,
  IN_POOLS,
  POSTABLE,
  REPEATABLE,
  router,
  SLOW,
} from '../procedure.ts'
import { onChangeInput } from './fields.ts'
import { listInput, message, type messageChange, messageIdInput, sendInput } from './message-schemas.ts'

/** `message.*`: messages that zapfleet sends itself. Their text and media are kept until they were sent or have ended. */
export const messageRouter = router({
  /**
   * Sends one message by the number that should send it, once, and answers when it was sent, has ended, or waits in the queue; after 45 s with
   * what is known. Errors: `NO_CAPACITY` (without `validForS`; nothing is stored), `CONTACT_BLOCKED`, `CONFLICT` (the key was used with
   * other input), `OVERLOADED` (the queue is full).
   */
  send: botProcedure
    .meta({ ...SLOW, ...REPEATABLE, ...IN_POOLS })
    .input(sendInput)
    .output(message)
    .mutation(({ ctx: { call, caller }, input }) =>
      sendMessage(call, withPoolOfCall(caller, input), familyOf(caller)),
    ),
  /** Reads a message and what became of it. Errors: `NOT_FOUND`. */
  get: botProcedure
    .meta(IN_POOLS)
    .input(messageIdInput)
    .output(message)
    .query(({ ctx, input }) => getMessage(ctx.fleet, input, ctx.pools)),
  /** Lists messages, the newest first. */
  list: adminsOnlyProcedure
    .meta(POSTABLE)
    .input(listInput)
    .output(z.array(message))
    .query(({ ctx, input }) => listMessages(ctx.fleet, input)),
  /**
   * Cancels a message that waits in the queue. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN` (another key sent it), `CONFLICT` (it is
   * being sent, or has ended).
   */
  cancel: botAct(messageIdInput)
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .output(message)
    .mutation(({ ctx, input }) => cancelMessage(ctx.fleet, input, ownerFor(ctx.caller), ctx.pools)),
  /** Streams every change of a message: its new state, with the message as it is when it is read. One without validForS and sendAt begins with `sending`. */
  onChange: botProcedure
    .meta(IN_POOLS)
    .input(onChangeInput)
    .subscription(async ({ ctx: { fleet, pools }, input, signal }) => {
      // tRPC passes a signal to every subscription; its types allow none.
      const until = signal ?? new AbortController().signal
      return trackChanges(await fleet.messageFeed.subscribe({ ...input, pools }, until))
    }),
})

type SentChange = ReturnType<typeof tracked<z.output<typeof messageChange>>>

/** Each with an id, after which a client resumes. */
async function* trackChanges(changes: AsyncIterable<MessageChange>): AsyncGenerator<SentChange, void> {
  for await (const { id, message } of changes) yield tracked(id, { type: 'state', message })
}

/** The owner whose messages a caller may cancel; null: any, for admins. */
function ownerFor(caller: Caller): string | null {
  return caller.role === 'admin' ? null : familyOf(caller)
}
