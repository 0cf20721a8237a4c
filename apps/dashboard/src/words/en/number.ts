/** One number: its page, its settings, and what an admin can do with it. */
export const number = {
  number: {
    noPhone: 'no phone number stored',
    created: 'Added',
    checked: 'Last checked',
    lastSent: 'Last send',
    contacts: 'Contacts that prefer it',
    pairAgain: 'Show QR code',
    use: 'Use',
    sends: 'Sends',
    day: '24 hours',
    week: '7 days',
    range: 'Range',
    sentInDay: (n: string) => `${n} in the last 24 hours`,
    sentInWeek: (n: string) => `${n} in the last 7 days`,
    perHour: 'Messages per hour',
    perDay: 'Messages per day',
    noSends: 'Nothing was sent in this time.',
    uptime: 'Time connected',
    uptimeDay: 'last 24 hours',
    uptimeWeek: 'last 7 days',
    uptimeKnown: (time: string) => `${time} since the record began`,
    uptimeUnknown: 'not recorded yet',
    details: 'Details',
    history: 'History',
    historyEmpty: 'Nothing happened yet.',
    historyMore: 'Show older',
    registered: 'Added to the fleet',
    lasted: (time: string) => `for ${time}`,
    evidence: 'Evidence',
    source: {
      poll: 'seen by the regular check',
      webhook: 'reported by Evolution',
      check: 'checked on request',
      admin: 'done by an admin',
    },
    notFoundTitle: 'There is no such number',
    notFoundMore: 'It may have been deleted, or the address is wrong.',
    toFleet: 'Back to the fleet',
  },

  settings: {
    title: 'Settings',
    hourly: 'Messages an hour',
    daily: 'Messages a day',
    priority: 'Priority',
    priorityHint: '1 to 100. A higher priority is chosen more often in the rotation.',
    phone: 'Phone number',
    phoneHint:
      'With its area code; from another country with + and the country code. A wrong phone is then noticed.',
    phoneRead: (phone: string) => `Read as ${phone}`,
    save: 'Save changes',
    saving: 'Saving…',
    saved: 'Saved',
    undo: 'Undo',
    notWhole: (max: string) => `A whole number from 0 to ${max}.`,
    notPriority: 'A whole number from 1 to 100.',
    notPhone:
      'This is no phone number. Write it with its area code, as (11) 98765-4321, or with its country code, as +5511987654321.',
    hourAboveDay: 'The hourly limit is above the daily limit, so the daily limit applies first.',
    belowSent: (sent: string) =>
      `${sent} were sent already. The number sends again when the hour or day ends.`,
    viewer: 'Only an admin key may change this.',
  },

  acts: {
    more: 'More actions',
    pause: 'Pause',
    pauseTitle: (name: string) => `Pause ${name}?`,
    pauseMore: 'It stays connected and sends nothing until you resume it. Other numbers serve its contacts.',
    pauseReason: 'Why? (optional)',
    pauseReasonHint: 'Shown to other operators.',
    resume: 'Resume',
    check: 'Check now',
    restart: 'Restart',
    restartTitle: (name: string) => `Restart ${name}?`,
    restartMore:
      'Evolution reconnects it, which takes some seconds. Other numbers send meanwhile. No scan is needed.',
    logout: 'Log out',
    logoutTitle: (name: string) => `Log ${name} out?`,
    logoutMore: (contacts: string) =>
      `The phone is unlinked and it stops sending. It stays in the fleet, and needs a new scan to come back. ${contacts}`,
    delete: 'Delete',
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteMore: (contacts: string) =>
      `It is removed from the fleet and from Evolution. This cannot be undone: to pair it again you need the phone. Its history is kept. ${contacts}`,
    contactsMove: (n: number, text: string) =>
      n === 0
        ? 'No contact prefers it.'
        : n === 1
          ? '1 contact prefers it and moves to another number with the next message.'
          : `${text} contacts prefer it and move to other numbers with their next message.`,
    typeName: (name: string) => `Type ${name} to confirm`,
    working: {
      pause: 'Pausing…',
      check: 'Looking…',
      restart: 'Restarting and verifying…',
      logout: 'Logging out and verifying…',
      delete: 'Deleting and verifying…',
    },
    done: {
      pause: (name: string) => `${name} is paused`,
      resume: (name: string) => `${name} may send again`,
      check: (name: string, status: string) => `${name}: ${status}`,
      restart: (name: string) => `${name} is restarted`,
      logout: (name: string) => `${name} is logged out`,
      delete: (name: string) => `${name} is deleted`,
    },
    verified: 'Verified on Evolution.',
    unverified: 'Evolution accepted it, but did not confirm it within 10 seconds. Check again in a minute.',
    unverifiedDelete:
      'It is removed here. Evolution has not removed it yet; the scheduler retries, and its name is free after that.',
    failed: 'That did not work',
  },
}
