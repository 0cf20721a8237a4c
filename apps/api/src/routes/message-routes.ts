import type { RestRoute } from './route.ts'

/** Of a call with `pool`. */
export const NO_POOL = 'No number is in this pool.'
const NO_MESSAGE = 'There is no such message; messages are kept for 35 days.'

/** The routes of messages that zapfleet sends itself. */
export const MESSAGE_ROUTES: readonly RestRoute[] = [
  {
    method: 'POST',
    path: '/v1/messages',
    procedure: 'message.send',
    tag: 'Sending',
    summary: 'Send this message',
    description:
      'Chooses the number, counts the message, sends it through Evolution, and follows what becomes of it. The answer comes when it was sent or has ended, or at once when it waits in the queue (`validForS`, `sendAt`); after 45 seconds with the state that is known. With an `idempotencyKey` the call may be repeated: the message is sent once. Do not send a message in state `unknown` again: it may have arrived.',
    refusals: {
      NOT_FOUND: NO_POOL,
      NO_CAPACITY:
        'Without `validForS`: no number can send now, and nothing is stored. `reasons` counts why; at `availableAt` a retry succeeds if nothing but time passes.',
      CONFLICT: 'The idempotencyKey was used for another message.',
      CONTACT_BLOCKED: 'The contact opted out of messages. Unblock it before you send to it again.',
    },
    hasLargeBody: true,
    bodyExample: { to: '5511987654321', text: 'Olá!', idempotencyKey: 'order-1042', validForS: 3_600 },
  },
  {
    method: 'GET',
    path: '/v1/messages/{id}',
    procedure: 'message.get',
    tag: 'Sending',
    summary: 'One message, and what became of it',
    description: 'Without its text and media, which are kept only until it was sent or has ended.',
    refusals: { NOT_FOUND: NO_MESSAGE },
  },
  {
    method: 'GET',
    path: '/v1/messages',
    procedure: 'message.list',
    tag: 'Admin',
    summary: 'Messages, the newest first',
    description: 'For the next page, `before` is the id of the last message of this one.',
    refusals: {},
    queryExample: { state: 'failed' },
  },
  {
    method: 'POST',
    path: '/v1/messages/{id}/cancel',
    procedure: 'message.cancel',
    tag: 'Sending',
    summary: 'Do not send a message that waits',
    description: 'Only a message in state `queued` is canceled. Repeating it is fine.',
    refusals: { NOT_FOUND: NO_MESSAGE, CONFLICT: 'It is being sent, or has ended.' },
  },
]
