import type { Rule } from './alert.ts'
import { SERVER_WORDS_EN } from './server-texts-en.ts'
import { type AlertWords, dayPercent, fact } from './text-alert.ts'

const DOWN_TODO: Readonly<Record<string, string>> = {
  WAITING_FOR_SCAN: 'Open the number on the page and scan the QR code with its phone.',
  QR_LIMIT_REACHED: 'Have the phone ready, request a new QR code on the page and scan it.',
  NO_QR_CODE:
    'WhatsApp gives Evolution no QR code. If other numbers are connected, update Evolution; otherwise check its internet.',
  RECONNECTING: 'Evolution reconnects. If it takes more than 5 minutes, check the phone and its internet.',
  RECONNECTING_TOO_LONG:
    'Check the phone and its internet, then Evolution. If both work, restart the number on the page.',
  FLAPPING:
    'It connects and falls again and again. Check the internet of Evolution and of the phone, and that no other program uses the number.',
  REPLACED:
    'Two connections use one login. Log the number out on the page, then scan its QR code again. If a second Evolution uses the same database, stop it first.',
  CLOSED: 'Wait a minute. If it does not come back, scan its QR code again.',
  NOT_ON_EVOLUTION:
    'Evolution does not have this number. Create it again on the page under the same name, or delete it.',
  EVOLUTION_UNREACHABLE: 'Evolution does not answer for it: check its server, its address and the network.',
  EVOLUTION_UNLICENSED: 'Open the manager of Evolution (/manager) in a browser and activate the licence.',
  EVOLUTION_REFUSES_KEY:
    'Evolution refuses the key: check that of its server (EVOLUTION_API_KEY, or that of the added server).',
  EVOLUTION_UNCLEAR: 'The answers of Evolution are not understood: read its log.',
}
const SCAN = 'Its session has ended. Open the number on the page and scan the QR code with its phone.'

const REMOVED: Readonly<Partial<Record<Rule, string>>> = {
  webhook_failing: 'The webhook endpoint ',
  route_failing: 'The alert route ',
}

/** The texts of alerts in English. */
export const WORDS_EN: AlertWords = {
  severity: { critical: 'critical', warning: 'warning', info: 'info' },
  since: 'Since',
  lasted: 'It lasted',
  means: 'For customers',
  todo: 'What to do',
  page: 'Page',
  removed: (alert) => `${REMOVED[alert.rule] ?? ''}"${alert.subject}" was deleted, which ends its alert`,
  paused: (name) => `"${name}" was paused, which ends its alert`,
  banned: (name) => `"${name}" was banned, which ends its alert`,
  more: (n) => `and ${n} more`,
  openedTitle: (n) => `${n} new alerts`,
  closedTitle: (n) => `${n} alerts are over`,
  digestTitle: (n) => (n === 1 ? 'Summary: 1 alert' : `Summary: ${n} alerts`),
  open: 'open',
  over: 'over',
  wellSince: (at) => `well since ${at}`,
  endsSoon: (at) => `All is well since ${at}. The alert ends when that lasts for 5 minutes.`,
  rules: {
    ...SERVER_WORDS_EN,
    all_numbers_down: {
      opened: (alert) =>
        `No number is connected${Number(alert.facts.numbers) > 1 ? ` (${fact(alert, 'numbers')} numbers)` : ''}`,
      closed: () => 'A number is connected again',
      unrecovered: () => 'No number is in service any more, which ends the alert',
      openedMany: () => 'No number is connected',
      closedMany: () => 'Numbers are connected again',
      means: 'No message goes out and customers get no answer.',
      todo: () =>
        'Check Evolution and its internet first. If other WhatsApp services fail too, wait. Otherwise restart Evolution, and scan the QR codes of numbers that stay disconnected.',
    },
    no_polling: {
      opened: (alert) =>
        alert.facts.until
          ? 'zapfleet did not watch the numbers for a time'
          : 'No health round has run lately',
      closed: () => 'The numbers are watched again',
      openedMany: () => 'The numbers were not watched for a time',
      closedMany: () => 'The numbers are watched again',
      means: 'Numbers that fell in that time may have been chosen for messages, and nothing reported it.',
      todo: () =>
        'Read the log of the scheduler, and check that it runs and reaches the database and Evolution. Run a second scheduler to be safe.',
    },
    ban_wave: {
      opened: (alert) => `${fact(alert, 'numbers')} numbers were banned within 10 minutes`,
      closed: () => 'No further number was banned lately',
      openedMany: () => 'Several numbers were banned within 10 minutes',
      closedMany: () => 'No further number was banned lately',
      means: 'Further numbers may follow if sending continues as it is.',
      todo: () =>
        'Pause the campaigns now. Compare what the banned numbers sent: text, pace, new contacts. Continue with fewer new contacts a day.',
    },
    number_banned: {
      opened: ({ subject }) => `WhatsApp banned "${subject}"`,
      closed: ({ subject }) => `"${subject}" is no longer banned`,
      openedMany: (n) => `WhatsApp banned ${n} numbers`,
      closedMany: (n) => `${n} numbers are no longer banned`,
      means: 'It sends nothing. Its contacts get another number with their next message.',
      todo: () =>
        'Appeal in the WhatsApp app on its phone. Add another number in its place meanwhile, and send less to new contacts.',
    },
    number_down: {
      opened: ({ subject, facts }) =>
        facts.reason === 'FLAPPING'
          ? `"${subject}" loses its connection again and again`
          : `"${subject}" is not connected`,
      closed: ({ subject }) => `"${subject}" is connected again`,
      openedMany: (n) => `${n} numbers are not connected`,
      closedMany: (n) => `${n} numbers are connected again`,
      means: 'It sends nothing, and what customers write to it arrives only when it is back.',
      todo: (alert) => DOWN_TODO[fact(alert, 'reason')] ?? SCAN,
    },
    number_failing: {
      opened: ({ subject }) => `Messages of "${subject}" do not arrive`,
      closed: ({ subject }) => `Messages of "${subject}" arrive again`,
      openedMany: (n) => `Messages of ${n} numbers do not arrive`,
      closedMany: (n) => `Messages of ${n} numbers arrive again`,
      means:
        'It reads connected, but its last messages were refused or never reported. Other numbers serve its contacts.',
      todo: (alert) =>
        alert.facts.reason === 'NO_RECEIPTS'
          ? 'Write to a phone of your own through it. If that does not arrive, restart it on the page.'
          : 'Restart it on the page. If that does not help, check the phone and its internet.',
    },
    number_restricted: {
      opened: ({ subject }) => `WhatsApp restricts "${subject}"`,
      closed: ({ subject }) => `The restriction of "${subject}" has ended`,
      openedMany: (n) => `WhatsApp restricts ${n} numbers`,
      closedMany: (n) => `The restriction of ${n} numbers has ended`,
      means: 'It writes only to people who know it. New contacts get another number.',
      todo: () =>
        'Read the notice in WhatsApp on its phone, and store its end on the page. Send to fewer new contacts a day.',
    },
    wrong_phone: {
      opened: ({ subject, facts }) =>
        facts.duplicateOf
          ? `"${subject}" is paired with the phone of "${facts.duplicateOf}"`
          : `"${subject}" is paired with another phone than the registered one`,
      closed: ({ subject }) => `"${subject}" is paired with the right phone`,
      openedMany: (n) => `${n} numbers are paired with a wrong phone`,
      closedMany: (n) => `${n} numbers are paired with the right phone`,
      means: 'Customers may get messages from a number that they do not know.',
      todo: ({ facts }) =>
        facts.duplicateOf
          ? 'Log one of the two out, or pair this one with a phone of its own.'
          : 'Log it out and scan the QR code with the right phone, or correct its phone number on the page.',
    },
    sends_failing: {
      opened: (alert) => `The last ${fact(alert, 'failed')} sends of "${alert.subject}" failed`,
      closed: ({ subject }) => `"${subject}" sends again`,
      unrecovered: ({ subject }) =>
        `The alert about the failed sends of "${subject}" ends without a later success`,
      openedMany: (n) => `The last sends of ${n} numbers failed`,
      closedMany: (n) => `${n} numbers send again`,
      means: 'The people of these messages got nothing.',
      todo: () =>
        'Read the errors of its last messages. If the contacts are wrong, correct the list; otherwise restart the number on the page.',
    },
    messages_waiting: {
      opened: (alert) =>
        `${alert.facts.waiting === 1 ? '1 message waits' : `${fact(alert, 'waiting')} messages wait`} and no sender runs`,
      closed: () => 'Messages are sent again',
      unrecovered: () => 'No message waits any more, and no sender runs',
      openedMany: () => 'Messages wait and no sender runs',
      closedMany: () => 'Messages are sent again',
      means: 'These messages are late, and those with a short validity expire.',
      todo: () => 'Start the sender (service "sender"), or read its log for why it ended.',
    },
    day_nearly_full: {
      opened: (alert) => `${dayPercent(alert)} % of the messages of today are used`,
      closed: () => 'A new day has begun',
      openedMany: () => 'The messages of today are nearly used',
      closedMany: () => 'A new day has begun',
      means: 'When all are used, messages are refused until midnight.',
      todo: () =>
        'Move what is not urgent to tomorrow, or add a number. A higher daily limit raises the risk of a ban.',
    },
    webhook_failing: {
      opened: ({ subject }) => `The webhook endpoint "${subject}" has accepted nothing for an hour`,
      closed: ({ subject }) => `The webhook endpoint "${subject}" accepts events again`,
      openedMany: (n) => `${n} webhook endpoints have accepted nothing for an hour`,
      closedMany: (n) => `${n} webhook endpoints accept events again`,
      means: 'Messages are not affected. The program behind it does not get its events.',
      todo: () => 'Check the receiver. "zapfleet webhook-endpoints" shows its last answer.',
    },
    route_failing: {
      opened: ({ subject }) => `The alert route "${subject}" has accepted nothing for an hour`,
      closed: ({ subject }) => `The alert route "${subject}" works again`,
      openedMany: (n) => `${n} alert routes have accepted nothing for an hour`,
      closedMany: (n) => `${n} alert routes work again`,
      means: 'Messages are not affected. People who rely on this route get no alerts.',
      todo: () =>
        'Check the token and the address of the route. "zapfleet alert-routes" shows its last error.',
    },
  },
}
