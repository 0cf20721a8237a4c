import type { RestRoute } from './route.ts'

const NO_INSTANCE = 'There is no such instance.'
const NO_SERVER = 'There is no such server.'
const NO_ROUTE = 'There is no such alert route.'
const NO_ENDPOINT = 'There is no such webhook endpoint.'
const BUSY = 'Another call for this instance did not end within 15 seconds.'
const EVOLUTION = {
  EVOLUTION_UNREACHABLE: 'Evolution did not answer. Repeat the call: it continues what was begun.',
  EVOLUTION_REFUSED:
    'Evolution refused; the log has its answer. With `nextStep: activate_licence` its licence is not activated.',
  EVOLUTION_MALFORMED: 'Evolution gave an answer that this version cannot read.',
} as const

/** The routes of admins. Each act is in the audit. */
export const ADMIN_ROUTES: readonly RestRoute[] = [
  {
    method: 'POST',
    path: '/v1/instances',
    procedure: 'instance.create',
    tag: 'Admin',
    summary: 'Create an instance',
    description:
      'Creates the instance on Evolution and answers it with its first QR code in `pairing` (a PNG data URL in `base64`). A code that is late is no error: `pairing.state` is `not_ready`, and `…/pair` answers the code later. Repeating the call finishes an interrupted create.',
    refusals: {
      NOT_FOUND: NO_SERVER,
      CONFLICT: 'The name is taken, here or on Evolution, or another instance has the phone.',
      INVALID_STATE: 'The adopted table requires a column that zapfleet cannot fill.',
      ...EVOLUTION,
    },
    bodyExample: { name: 'vendas-03', phoneNumber: '+5511987650003', hourlyCapacity: 20, dailyCapacity: 100 },
  },
  {
    method: 'POST',
    path: '/v1/instances/{name}/pair',
    procedure: 'instance.qrCode',
    tag: 'Admin',
    summary: 'A fresh QR code',
    description:
      'Waits up to 15 seconds for a code; it is valid for 45 seconds. With `phoneNumber` the answer also holds a pairing code to type. Call it again until `state` is `already_connected`.',
    refusals: {
      NOT_FOUND: NO_INSTANCE,
      CONFLICT: 'Another instance has this phone.',
      EVOLUTION_REFUSED: EVOLUTION.EVOLUTION_REFUSED,
      EVOLUTION_MALFORMED: EVOLUTION.EVOLUTION_MALFORMED,
    },
    bodyExample: {},
  },
  {
    method: 'PATCH',
    path: '/v1/instances/{name}',
    procedure: 'instance.update',
    tag: 'Admin',
    summary: 'Limits, priority, phone, pause',
    description:
      'Changes the fields that are sent and keeps the others. `{"paused":true,"pauseReason":"…"}` pauses: the instance stays connected and gets no messages; `{"paused":false}` ends the pause.',
    refusals: { NOT_FOUND: NO_INSTANCE, CONFLICT: 'Another instance has this phone.' },
    bodyExample: { hourlyCapacity: 30, dailyCapacity: 200 },
  },
  {
    method: 'POST',
    path: '/v1/instances/{name}/restriction',
    procedure: 'instance.setRestriction',
    tag: 'Admin',
    summary: 'WhatsApp restricts the number',
    description:
      'Stores what the phone shows: WhatsApp lets the number write only to people who know it, `until` an instant, or null where it names none. New contacts then go to other numbers, and known ones stay. `{"restricted":false}` ends it.',
    refusals: { NOT_FOUND: NO_INSTANCE },
    bodyExample: { until: null },
  },
  {
    method: 'POST',
    path: '/v1/instances/{name}/restart',
    procedure: 'instance.restart',
    tag: 'Admin',
    summary: 'Restart the connection',
    description: 'Answers `verified: false` when the instance was not connected again within ten seconds.',
    refusals: {
      NOT_FOUND: NO_INSTANCE,
      INVALID_STATE: 'Its connection is closed: pair it instead.',
      CONFLICT: BUSY,
      ...EVOLUTION,
    },
  },
  {
    method: 'POST',
    path: '/v1/instances/{name}/move',
    procedure: 'instance.move',
    tag: 'Admin',
    summary: 'Move to another Evolution server',
    description:
      'Creates the instance on `server` and answers the QR code. Its own server serves it until the phone is paired with the new one, and deletes it two minutes later. Counters, contacts and settings stay. Its own server as `server` cancels the move.',
    refusals: {
      NOT_FOUND: 'There is no such instance, or no such server.',
      CONFLICT:
        'It is on that server, it moves to another one, or that server has another instance of this name.',
      ...EVOLUTION,
    },
    bodyExample: { server: 'evolution-2' },
  },
  {
    method: 'POST',
    path: '/v1/instances/{name}/logout',
    procedure: 'instance.logout',
    tag: 'Admin',
    summary: 'Unlink the phone',
    description: 'The instance stays and must be paired again.',
    refusals: { NOT_FOUND: NO_INSTANCE, CONFLICT: BUSY, ...EVOLUTION },
  },
  {
    method: 'DELETE',
    path: '/v1/instances/{name}',
    procedure: 'instance.delete',
    tag: 'Admin',
    summary: 'Delete an instance',
    description:
      'Deletes it here and on Evolution. `verified: false`: Evolution has not confirmed yet, and the scheduler continues; the name is not free until then.',
    refusals: { NOT_FOUND: NO_INSTANCE, CONFLICT: BUSY, ...EVOLUTION },
  },
  {
    method: 'POST',
    path: '/v1/contacts/{id}/link',
    procedure: 'contact.link',
    tag: 'Admin',
    summary: 'Two ids are one person',
    description:
      'Makes `alias` another id of the contact. Number, conversations and last inbound message of the alias go to the contact where it has none; of two numbers, that of the id under which the person wrote last stays; a block of either holds for both. A link that exists changes nothing.',
    refusals: {
      CONFLICT:
        'Both contacts have conversations, the alias is an id of another contact, or other ids are aliases of it.',
    },
    bodyExample: { alias: 'crm-1042' },
  },
  {
    method: 'POST',
    path: '/v1/contacts/{id}/unlink',
    procedure: 'contact.unlink',
    tag: 'Admin',
    summary: 'Two ids are two persons',
    description:
      'Takes `alias` away from the contact; no rule joins the two again. The two forms of a Brazilian number, with and without the ninth digit, become two contacts: what is stored goes to the form that was written last, where reservations show it, else to the one with the ninth digit.',
    refusals: {
      NOT_FOUND: 'The alias is no other id of this contact.',
      CONFLICT: 'Both forms are an alias of another contact.',
    },
    bodyExample: { alias: 'crm-1042' },
  },
  {
    method: 'GET',
    path: '/v1/contacts/{id}/export',
    procedure: 'contact.export',
    tag: 'Admin',
    summary: 'Everything that is stored of a person',
    description:
      'Under all ids. With the text of messages that still wait. It reads the reservations, the messages and the audit completely, some seconds for a million rows.',
    refusals: {},
  },
  {
    method: 'POST',
    path: '/v1/contacts/{id}/forget',
    procedure: 'contact.forget',
    tag: 'Admin',
    summary: 'Remove a person from every table',
    description:
      'Under all ids. Messages that wait are removed and not sent. Counters stay, and a block stays as a keyed hash. Of the table clientes, which is the bot’s, only the number is cleared. A call that was interrupted is repeated.',
    refusals: {},
  },
  {
    method: 'GET',
    path: '/v1/keys',
    procedure: 'key.list',
    tag: 'Admin',
    summary: 'All keys',
    description: 'Without their secrets, which are stored nowhere.',
    refusals: {},
  },
  {
    method: 'POST',
    path: '/v1/keys',
    procedure: 'key.create',
    tag: 'Admin',
    summary: 'Create a key',
    description: '`secret` is what its holder sends as `x-api-key`. It is in this answer and nowhere else.',
    refusals: { INVALID_STATE: 'There are 1,000 active keys; revoke some.' },
    bodyExample: { label: 'the bot of the shop', role: 'bot' },
  },
  {
    method: 'POST',
    path: '/v1/keys/{id}/rotate',
    procedure: 'key.rotate',
    tag: 'Admin',
    summary: 'Replace a key',
    description: 'Answers a new key. The old one still works for `graceSeconds` (default 86400).',
    refusals: {
      NOT_FOUND: 'There is no such key.',
      INVALID_STATE: 'The key has ended, or it is a key of the environment.',
    },
    bodyExample: { graceSeconds: 3_600 },
  },
  {
    method: 'POST',
    path: '/v1/keys/{id}/revoke',
    procedure: 'key.revoke',
    tag: 'Admin',
    summary: 'End a key',
    description: 'At once, in every process. With `alsoMade` the keys that it made end too.',
    refusals: {
      NOT_FOUND: 'There is no such key.',
      INVALID_STATE: 'It is a key of the environment: change it there.',
    },
    bodyExample: { alsoMade: false },
  },
  {
    method: 'GET',
    path: '/v1/alert-routes',
    procedure: 'alertRoute.list',
    tag: 'Admin',
    summary: 'Who receives alerts',
    description: 'All alert routes with their last delivery, without their secrets.',
    refusals: {},
  },
  {
    method: 'POST',
    path: '/v1/alert-routes',
    procedure: 'alertRoute.create',
    tag: 'Admin',
    summary: 'Send alerts to people',
    description:
      'By Slack (`webhookUrl`), Telegram (`botToken`, `chatId`), e-mail (`to`, `smtpUrl`) or a webhook (`url`, `secret`) that is signed as Standard Webhooks describes. Alerts that open from now on are sent, at least once, and repeated for up to 24 hours. Addresses are stored encrypted. For a webhook without `secret` the answer holds a new one, which is shown nowhere else.',
    refusals: {
      CONFLICT: 'The name is taken.',
      INVALID_STATE: 'ZAPFLEET_SECRET is not set, or there are 20 routes.',
    },
    bodyExample: {
      name: 'team',
      kind: 'slack',
      webhookUrl: 'https://hooks.slack.com/services/T000/B000/XXXX',
      minSeverity: 'warning',
      quietHours: { from: '22:00', to: '07:00' },
      language: 'pt-BR',
    },
  },
  {
    method: 'PATCH',
    path: '/v1/alert-routes/{name}',
    procedure: 'alertRoute.update',
    tag: 'Admin',
    summary: 'Change an alert route',
    description:
      'Changes the fields that are sent and keeps the others, the secrets too. What waits for a repetition is sent at once.',
    refusals: {
      NOT_FOUND: NO_ROUTE,
      INVALID_STATE: 'ZAPFLEET_SECRET is not set, or a secret that is kept cannot be opened.',
    },
    bodyExample: { minSeverity: 'critical' },
  },
  {
    method: 'DELETE',
    path: '/v1/alert-routes/{name}',
    procedure: 'alertRoute.delete',
    tag: 'Admin',
    summary: 'Send no more alerts by a route',
    description: 'Answers the route as it was last. A delivery in flight may still arrive.',
    refusals: { NOT_FOUND: NO_ROUTE },
  },
  {
    method: 'POST',
    path: '/v1/alert-routes/{name}/test',
    procedure: 'alertRoute.test',
    tag: 'Admin',
    summary: 'Send a test message',
    description: 'Waits up to 10 seconds; `lastDelivery` holds the result.',
    refusals: {
      NOT_FOUND: NO_ROUTE,
      INVALID_STATE: 'ZAPFLEET_SECRET is not set, or its secret cannot be opened.',
    },
  },
  {
    method: 'GET',
    path: '/v1/servers',
    procedure: 'server.list',
    tag: 'Admin',
    summary: 'The Evolution servers',
    description:
      'All servers with the numbers that they have, the default one first, without their keys. Calls each of them.',
    refusals: {},
  },
  {
    method: 'POST',
    path: '/v1/servers',
    procedure: 'server.add',
    tag: 'Admin',
    summary: 'Add an Evolution server',
    description:
      'The server is called before it is stored: it must answer and accept the key. New numbers go to the server with the fewest, of those that answer.',
    refusals: {
      CONFLICT: 'The name or the address is taken.',
      INVALID_STATE: 'ZAPFLEET_SECRET is not set, or there are 50 servers.',
      ...EVOLUTION,
    },
    bodyExample: {
      name: 'evolution-2',
      url: 'https://evolution-2.example.com',
      apiKey: 'its-authentication-api-key',
    },
  },
  {
    method: 'PATCH',
    path: '/v1/servers/{name}',
    procedure: 'server.update',
    tag: 'Admin',
    summary: 'Change address or key of a server',
    description:
      'The server is called with the new values before they are stored. All processes use them within 5 seconds.',
    refusals: {
      NOT_FOUND: NO_SERVER,
      CONFLICT: 'Another server has this address, or the server was changed meanwhile.',
      INVALID_STATE: 'ZAPFLEET_SECRET is not set, or the stored key cannot be opened.',
      ...EVOLUTION,
    },
    bodyExample: { apiKey: 'its-new-authentication-api-key' },
  },
  {
    method: 'DELETE',
    path: '/v1/servers/{name}',
    procedure: 'server.remove',
    tag: 'Admin',
    summary: 'Remove an Evolution server',
    description: 'Only a server without numbers. Nothing is changed on it. Answers how it was.',
    refusals: { NOT_FOUND: NO_SERVER, CONFLICT: 'It has numbers: move or delete them first.' },
  },
  {
    method: 'POST',
    path: '/v1/servers/{name}/check',
    procedure: 'server.check',
    tag: 'Admin',
    summary: 'Call an Evolution server now',
    description: 'Answers how the server is at this moment.',
    refusals: { NOT_FOUND: NO_SERVER },
  },
  {
    method: 'GET',
    path: '/v1/webhook-endpoints',
    procedure: 'webhookEndpoint.list',
    tag: 'Admin',
    summary: 'Where events are posted',
    description: 'All webhook endpoints with their last delivery, without their secrets.',
    refusals: {},
  },
  {
    method: 'POST',
    path: '/v1/webhook-endpoints',
    procedure: 'webhookEndpoint.create',
    tag: 'Admin',
    summary: 'Post events to a program',
    description:
      'Events from now on are posted to `url`, signed as Standard Webhooks describes, at least once, and repeated for up to three days. Without `secret` the answer holds a new one, which is shown nowhere else.',
    refusals: {
      CONFLICT: 'The name is taken.',
      INVALID_STATE: 'ZAPFLEET_SECRET is not set, or there are 20 endpoints.',
    },
    bodyExample: { name: 'bot', url: 'https://bot.example.com/zapfleet', events: ['message', 'outcome'] },
  },
  {
    method: 'DELETE',
    path: '/v1/webhook-endpoints/{name}',
    procedure: 'webhookEndpoint.delete',
    tag: 'Admin',
    summary: 'Post nothing more',
    description: 'Answers the endpoint as it was last. A delivery in flight may still arrive.',
    refusals: { NOT_FOUND: NO_ENDPOINT },
  },
  {
    method: 'POST',
    path: '/v1/webhook-endpoints/{name}/test',
    procedure: 'webhookEndpoint.test',
    tag: 'Admin',
    summary: 'Post a test event',
    description:
      'Waits up to 15 seconds for the receiver. `lastDelivery` of the answer has the result; after a success, events that wait for a repetition are posted at once.',
    refusals: {
      NOT_FOUND: NO_ENDPOINT,
      INVALID_STATE: 'Its secret was encrypted by another ZAPFLEET_SECRET, or none is set.',
    },
  },
]
