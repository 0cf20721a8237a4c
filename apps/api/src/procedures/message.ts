import { tracked } from '@trpc/server'
import { cancelMessage, getMessage, listMessages, type MessageChange, sendMessage } from '@zapfleet/core'
import { z } from 'zod'
import { type Caller, familyOf } from '../caller.ts'
import { adminsOnlyProcedure, botAct, botProcedure, REPEATABLE, router, SLOW } from '../procedure.ts'
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
    .meta({ ...SLOW, repeatable: true })
    .input(sendInput)
    .output(message)
    .mutation(({ ctx, input }) => sendMessage(ctx.call, input, familyOf(ctx.caller))),
  /** Reads a message and what became of it. Errors: `NOT_FOUND`. */
  get: botProcedure
    .input(messageIdInput)
    .output(message)
    .query(({ ctx, input }) => getMessage(ctx.fleet, input)),
  /** Lists messages, the newest first. */
  list: adminsOnlyProcedure
    .input(listInput)
    .output(z.array(message))
    .query(({ ctx, input }) => listMessages(ctx.fleet, input)),
  /**
   * Cancels a message that waits in the queue. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN` (another key sent it), `CONFLICT` (it is
   * being sent, or has ended).
   */
  cancel: botAct(messageIdInput)
    .meta(REPEATABLE)
    .output(message)
    .mutation(({ ctx, input }) => cancelMessage(ctx.fleet, input, ownerFor(ctx.caller))),
  /** Streams every change of a message: its new state, with the message as it is when it is read. */
  onChange: botProcedure.input(onChangeInput).subscription(async ({ ctx, input, signal }) => {
    // tRPC passes a signal to every subscription; its types allow none.
    const changes = await ctx.fleet.messageFeed.subscribe(input, signal ?? new AbortController().signal)
    return trackChanges(changes)
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
