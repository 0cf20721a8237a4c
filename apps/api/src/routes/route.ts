import type { FleetErrorCode } from '@zapfleet/core'
import { ADMIN_ROUTES } from './admin-routes.ts'
import { MESSAGE_ROUTES, NO_POOL } from './message-routes.ts'

/** A plain HTTP route to one procedure: the same role check, validation and answer, without tRPC's envelope. */
export type RestRoute = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As OpenAPI writes it. Fields of the input in braces are read from the path, percent-decoded. */
  path: string
  /** The path of the procedure, such as `instance.get`. */
  procedure: string
  tag: 'Sending' | 'Fleet' | 'Admin'
  summary: string
  description: string
  /** Errors beside those of every route (`EVERYWHERE` in `openapi/route-paths.ts`). */
  refusals: Partial<Record<FleetErrorCode, string>>
  /** An example of the body. Absent where no body is needed. */
  bodyExample?: Record<string, unknown>
  /** Its body may be as large as `SEND_BODY_LIMIT_BYTES`. */
  hasLargeBody?: true
  /** An example of the query of a GET. Absent where no field is needed. */
  queryExample?: Record<string, number | string | boolean>
}

const HIDDEN_WORDS = 'Row level security hides every number from the role of DATABASE_URL.'

/**
 * Every REST route. A path is a noun, its owner, and the procedure's verb where HTTP's method does not express it.
 * Within `/v1`, inputs and answers may gain fields and lose none.
 */
export const REST_ROUTES: readonly RestRoute[] = [
  {
    method: 'POST',
    path: '/v1/reservations',
    procedure: 'reservation.reserve',
    tag: 'Sending',
    summary: 'Which number sends this message?',
    description:
      'Names the instance for one message and counts it at once, so that no limit is ever exceeded. Send the message through `instanceName` on Evolution; confirm it, or release it when it surely was not sent. A reservation that is neither confirmed nor released stays counted. To repeat this call safely after a timeout, send an `idempotencyKey`. A repeat is answered with the same reservation: send only where `state` is `reserved`; `confirmed` was sent before, `released` is not counted. With `maxWaitMs` the answer may have `notBefore`: wait `notBefore - reservedAt` from the answer on, then send.',
    refusals: {
      NOT_FOUND: NO_POOL,
      CONFLICT: 'The idempotencyKey was used with another input.',
      CONTACT_BLOCKED: 'The contact opted out of messages. Unblock it before you send to it again.',
      NO_CAPACITY:
        'No number can serve now. `reasons` counts why, one reason for each instance; at `availableAt` a retry succeeds if nothing but time passes, null when time alone does not help.',
      INVALID_STATE: HIDDEN_WORDS,
    },
    bodyExample: { contactId: '5511987654321' },
  },
  {
    method: 'GET',
    path: '/v1/reservations/{id}',
    procedure: 'reservation.get',
    tag: 'Sending',
    summary: 'One reservation, and what became of its message',
    description:
      'Outcomes arrive by events of Evolution or by reports; `outcome` is null while nothing is known, which proves nothing.',
    refusals: { NOT_FOUND: 'There is no such reservation.' },
  },
  {
    method: 'POST',
    path: '/v1/reservations/report',
    procedure: 'reservation.report',
    tag: 'Sending',
    summary: 'What became of messages',
    description:
      'For bots that receive Evolution’s webhook themselves: at most 500 events in any order. An outcome only moves forward, so repeating the call changes nothing.',
    refusals: {},
    bodyExample: {
      events: [{ instanceName: 'vendas-02', messageId: '3EB096FFCE09261DDFD8E4', status: 'delivered' }],
    },
  },
  {
    method: 'POST',
    path: '/v1/reservations/{id}/confirm',
    procedure: 'reservation.confirm',
    tag: 'Sending',
    summary: 'The message was sent',
    description:
      'With `messageId`, the `key.id` of Evolution’s answer, the outcome of the message is found for certain. Repeating it is fine.',
    bodyExample: { messageId: '3EB096FFCE09261DDFD8E4' },
    refusals: { NOT_FOUND: 'There is no such reservation.', CONFLICT: 'It was released before.' },
  },
  {
    method: 'POST',
    path: '/v1/reservations/{id}/release',
    procedure: 'reservation.release',
    tag: 'Sending',
    summary: 'The message surely was not sent',
    description:
      'Gives the seat back, once, to the hour and the day it was counted in. Repeating it is fine. `cause` is the reason, so that a number without a connection leaves the rotation. After a timeout of the send do not release: the message may have gone out.',
    refusals: { NOT_FOUND: 'There is no such reservation.', CONFLICT: 'It was confirmed before.' },
    bodyExample: { cause: 'line_down' },
  },
  {
    method: 'POST',
    path: '/v1/choose',
    procedure: 'instance.choose',
    tag: 'Sending',
    summary: 'Name a number without counting',
    description:
      'The instance for the next message, saved as the contact’s number; null when none is available. Between this answer and the send others may take the room: reserve is better.',
    refusals: { NOT_FOUND: NO_POOL, INVALID_STATE: HIDDEN_WORDS },
    bodyExample: { contactId: '5511987654321' },
  },
  {
    method: 'POST',
    path: '/v1/instances/{name}/record-send',
    procedure: 'instance.recordSend',
    tag: 'Sending',
    summary: 'Count a send that happened without a reservation',
    description: 'Counts one send, even above the limit.',
    refusals: { NOT_FOUND: 'There is no such instance.' },
  },
  {
    method: 'GET',
    path: '/v1/instances',
    procedure: 'instance.list',
    tag: 'Fleet',
    summary: 'All numbers, by name',
    description: 'Read from the database at the moment of the call.',
    refusals: {},
  },
  {
    method: 'GET',
    path: '/v1/instances/{name}',
    procedure: 'instance.get',
    tag: 'Fleet',
    summary: 'One number',
    description: 'Read from the database at the moment of the call.',
    refusals: { NOT_FOUND: 'There is no such instance.' },
  },
  {
    method: 'GET',
    path: '/v1/contacts/{id}',
    procedure: 'contact.get',
    tag: 'Fleet',
    summary: 'The number a contact is used to',
    description:
      'With its aliases, its newest message to any number, and whether it is blocked. A contact without a message yet has no number, which is no error.',
    refusals: {},
  },
  {
    method: 'POST',
    path: '/v1/contacts/{id}/record-inbound',
    procedure: 'contact.recordInbound',
    tag: 'Sending',
    summary: 'The contact wrote to a number',
    description:
      'For bots that receive Evolution’s webhook themselves. The number that received the message serves the contact from now on, unless a newer message of the contact is recorded, and a message to the contact within 24 hours is a `reply`. Messages in groups and broadcasts change nothing. Repeating it with `at` or `messageId` is fine.',
    refusals: { NOT_FOUND: 'There is no such instance.' },
    bodyExample: { instanceName: 'vendas-02', at: '2026-11-29T12:00:00Z' },
  },
  {
    method: 'POST',
    path: '/v1/contacts/{id}/block',
    procedure: 'contact.block',
    tag: 'Sending',
    summary: 'The contact opted out',
    description:
      'Each reserve that begins after the answer is refused with CONTACT_BLOCKED, under each id of the contact and in all pools. Repeating it is fine.',
    refusals: {},
    bodyExample: { reason: 'wrote STOP' },
  },
  {
    method: 'POST',
    path: '/v1/contacts/{id}/unblock',
    procedure: 'contact.unblock',
    tag: 'Sending',
    summary: 'The contact may be written to again',
    description: 'Ends the block of the contact and of its ids. Repeating it is fine.',
    refusals: {},
  },
  {
    method: 'GET',
    path: '/v1/stats',
    procedure: 'fleet.stats',
    tag: 'Fleet',
    summary: 'The fleet in numbers',
    description: 'Of the fleet, or of a pool. Capacities are those of connected instances.',
    refusals: {},
  },
  {
    method: 'GET',
    path: '/v1/forecast',
    procedure: 'fleet.forecast',
    tag: 'Fleet',
    summary: 'How many new contacts can the fleet take?',
    description:
      'Computed from the limits that reserves enforce, as if all messages went to new contacts. `newContactsPerDay` is the plan; with `waiting` the answer has the days until those contacts are served too. It promises nothing about bans.',
    refusals: {},
    queryExample: { newContactsPerDay: 80 },
  },
  {
    method: 'GET',
    path: '/v1/health',
    procedure: 'health.summary',
    tag: 'Fleet',
    summary: 'The last known health',
    description:
      'Of the fleet, or of a pool. Healthy while at least one number is online. Nothing is read from Evolution for it.',
    refusals: {},
  },
  {
    method: 'GET',
    path: '/v1/alerts',
    procedure: 'alert.list',
    tag: 'Fleet',
    summary: 'What needs a person, the newest first',
    description:
      'Open and closed alerts. `text` is for people, in two languages. An alert with a `cause` is explained by that one and sent to no route.',
    refusals: {},
    queryExample: { open: true },
  },
  ...MESSAGE_ROUTES,
  ...ADMIN_ROUTES,
]

/** The fields of the input that a path holds. */
export function pathFields(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field as string)
}
