/** The frame around every view: header, footer, notices, dialogs. */
export const frame = {
  languageName: 'English',
  theme: { name: 'Appearance', auto: 'System', light: 'Light', dark: 'Dark' },
  language: 'Language',
  close: 'Close',
  cancel: 'Cancel',
  dense: 'Dense list',

  unsaved: {
    title: 'Discard your changes?',
    more: 'What you typed is not saved yet.',
    discard: 'Discard',
    keep: 'Keep editing',
  },
  none: 'none',
  never: 'never',

  head: {
    fleet: 'Fleet',
    contacts: 'Contacts',
    messages: 'Messages',
    ask: 'Who would send?',
    settings: 'Settings',
    alerts: 'Alerts',
    openAlerts: (n: string) => `Alerts: ${n} open`,
    add: 'Add a number',
    account: 'Account and settings',
    role: { admin: 'Admin: can read and change', viewer: 'Viewer: can read', bot: 'Bot' },
    pools: (names: string) => `Pools: ${names}`,
    signOut: 'Sign out',
    sections: 'Sections',
  },

  place: {
    opening: 'Opening…',
    failedTitle: 'This part of the page could not be loaded',
    failedMore: 'zapfleet may have been updated meanwhile.',
    reload: 'Reload the page',
  },

  foot: {
    times: (zone: string) => `Time zone: ${zone}`,
    description: 'API reference',
  },

  live: {
    live: 'Live',
    liveHint: 'Changes show here the moment they happen.',
    connecting: 'Connecting…',
    lost: 'Not live',
    lostTitle: 'Live updates are interrupted.',
    lostMore: (at: string) => `What you see is from ${at}. The page reconnects automatically.`,
    lostPolling: (at: string) => `The page reads the list every few seconds instead. Last read: ${at}.`,
    lostNothing: 'The API does not answer yet. The page reconnects automatically.',
  },

  banner: {
    demo: 'Demo',
    simulatedTitle: 'This fleet is a demonstration.',
    simulatedMore:
      'Its Evolution is simulated: numbers connect automatically shortly after their code is shown, and no message is sent. You can try everything.',
    unreachableTitle: 'Evolution does not answer.',
    unreachableMore:
      'Statuses are as last seen and nothing can be paired. Check that its server runs, the address in EVOLUTION_API_URL, and the network between.',
    unlicensedTitle: 'The licence of Evolution is not activated.',
    unlicensedMore:
      'Evolution refuses every call: nothing is sent, nothing can be paired, and the status of the numbers cannot be read. Contacts keep their numbers. Open Evolution’s manager (/manager) in a browser and activate the licence.',
    databaseAwayTitle: 'Evolution’s own database does not answer.',
    databaseAwayMore:
      'Evolution loses what happens meanwhile: a number that was logged out still reads as connected. Get the database back, then restart Evolution.',
    notPolledTitle: 'The numbers are not being checked.',
    notPolledMore: (at: string | null) =>
      at === null
        ? 'The scheduler has not run yet. Start it: without it, a number that disconnects is not noticed.'
        : `The scheduler last checked them ${at}. Start it again: without it, a number that disconnects is not noticed.`,
    noSenderTitle: 'Messages wait, and no sender runs.',
    noSenderMore: (n: number, text: string) =>
      `${n === 1 ? '1 message is' : `${text} messages are`} in the queue. Start the process apps/sender: without it, a message that waits is not sent.`,
    hide: 'Hide this notice',
  },
}
