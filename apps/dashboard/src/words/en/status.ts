/** Statuses, their reasons, and what to do, by the API’s codes. */
export const status = {
  status: {
    connected: 'Connected',
    connecting: 'Connecting',
    disconnected: 'Disconnected',
    banned: 'Banned',
    unknown: 'Unknown',
  },

  /** Why a number has its status, by the API’s code. */
  statusReason: {
    NEVER_CONNECTED: 'never paired with a phone',
    WAITING_FOR_SCAN: 'waiting for a scan',
    QR_LIMIT_REACHED: 'no code was scanned in time',
    NO_QR_CODE: 'WhatsApp gives no QR code',
    RECONNECTING: 'reconnecting',
    RECONNECTING_TOO_LONG: 'reconnecting for over 5 minutes',
    FLAPPING: 'disconnects again and again',
    REPLACED: 'two connections replace each other',
    CLOSED: 'closed, without a reason from Evolution',
    LOGGED_OUT: 'logged out',
    LOGGED_OUT_BY_PHONE: 'the phone removed this device',
    LOGIN_REFUSED: 'WhatsApp refused its login',
    WRONG_PHONE: 'another phone is paired',
    NOT_ON_EVOLUTION: 'Evolution does not have it',
    BANNED: 'blocked by WhatsApp',
    EVOLUTION_UNREACHABLE: 'Evolution does not answer',
    EVOLUTION_UNLICENSED: 'the licence of Evolution is not activated',
    EVOLUTION_REFUSES_KEY: 'Evolution refuses the API key',
    EVOLUTION_UNCLEAR: 'Evolution’s answer was not understood',
  },

  /** What to do next, by the same codes. */
  action: {
    NEVER_CONNECTED: 'Scan its QR code with the phone.',
    WAITING_FOR_SCAN: 'Scan its QR code with the phone.',
    QR_LIMIT_REACHED: 'Have the phone ready, request a new code and scan it.',
    NO_QR_CODE:
      'If other numbers are connected, update Evolution: WhatsApp refuses its version. Otherwise check the internet of Evolution.',
    RECONNECTING: 'Wait: it reconnects automatically. If it takes several minutes, check the phone.',
    RECONNECTING_TOO_LONG:
      'Check the phone and its internet, then Evolution. If both work, restart the number.',
    FLAPPING: 'Check the internet of Evolution and of the phone, and that no other program uses the number.',
    REPLACED:
      'Log it out here, then scan its code again. If a second Evolution uses the same database, stop it first.',
    CLOSED: 'Wait a minute, then scan its code again.',
    LOGGED_OUT: 'To use it again, scan its code.',
    LOGGED_OUT_BY_PHONE: 'Scan its code again.',
    LOGIN_REFUSED: 'Scan its code again.',
    WRONG_PHONE: 'Log it out and scan with the right phone, or correct the phone number here.',
    NOT_ON_EVOLUTION: 'Add it again under the same name, or delete it here.',
    BANNED: 'Appeal in WhatsApp on the phone and replace it meanwhile. Once it is free, scan its code.',
    EVOLUTION_UNREACHABLE: 'Check Evolution’s server, its address and the network.',
    EVOLUTION_UNLICENSED: 'Open Evolution’s manager (/manager) in a browser and activate the licence.',
    EVOLUTION_REFUSES_KEY: 'Check the key of its server (EVOLUTION_API_KEY, or that of the added server).',
    EVOLUTION_UNCLEAR: 'Check Evolution’s log and version.',
    PAUSED: 'It is paused. Resume it to send again.',
    SENDS_REFUSED:
      'It reads connected, but Evolution refuses its messages for want of a connection. Restart it; if that does not help, check the phone and its internet. It is back when a test of its connection is answered.',
    NO_RECEIPTS:
      'It sends, but nothing is reported of its messages, so they probably do not arrive. Write to a phone of your own through it; if that does not arrive, restart it. One report brings it back.',
    RESTRICTED:
      'WhatsApp lets it write only to people who know it; new contacts go to other numbers. Read the notice in the phone and store its end here.',
    duplicateOf: (name: string) =>
      `Its phone is paired with ${name} too, and ${name} serves it. Log out or delete one of the two.`,
    nothing: 'Nothing to do',
  },

  /** Entries of a number's history beside reasons of a status. */
  change: {
    DUPLICATE_PHONE: 'same phone as another number',
    NOT_DELIVERING: 'its messages do not arrive',
    DELIVERING: 'its messages arrive again',
    RESTRICTED: 'WhatsApp restricts it to people who know it',
    UNRESTRICTED: 'the restriction ended',
    RAMP_ADVANCED: 'the limit a day rose',
    RAMP_HELD: 'the limit a day did not rise',
    MOVED: 'moved to another Evolution server',
  },

  /** Why a number cannot send now, by the API’s code. */
  reason: {
    EXCLUDED: 'excluded from this check',
    OTHER_POOL: 'not in this pool',
    BANNED: 'banned',
    DISCONNECTED: 'disconnected',
    CONNECTING: 'connecting',
    UNKNOWN: 'status unknown',
    PAUSED: 'paused',
    DUPLICATE_PHONE: 'same phone as another number',
    NOT_DELIVERING: 'its messages do not arrive',
    DRAINING: 'gets no new contacts',
    OUTSIDE_HOURS: 'outside its hours',
    DAILY_LIMIT: 'daily limit reached',
    HOURLY_LIMIT: 'hourly limit reached',
    RESTRICTED: 'may write only to people who know it',
    NEW_CONTACT_LIMIT: 'limit for new contacts reached',
    PACING: 'waits between two messages',
  },

  /** The same of several numbers, behind their count. */
  reasonOfSeveral: {
    EXCLUDED: 'excluded from this check',
    OTHER_POOL: 'not in this pool',
    BANNED: 'banned',
    DISCONNECTED: 'disconnected',
    CONNECTING: 'connecting',
    UNKNOWN: 'with unknown status',
    PAUSED: 'paused',
    DUPLICATE_PHONE: 'with the phone of another number',
    NOT_DELIVERING: 'not delivering',
    DRAINING: 'without new contacts',
    OUTSIDE_HOURS: 'outside their hours',
    DAILY_LIMIT: 'at the daily limit',
    HOURLY_LIMIT: 'at the hourly limit',
    RESTRICTED: 'restricted by WhatsApp',
    NEW_CONTACT_LIMIT: 'at the limit for new contacts',
    PACING: 'waiting between two messages',
  },
}
