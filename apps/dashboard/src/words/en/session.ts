/** The sign-in and the list of signed-in browsers. */
export const session = {
  signIn: {
    title: 'Sign in to your fleet',
    lead: 'zapfleet chooses a WhatsApp number for each message of your bot and keeps every number within its limits. This page shows their status.',
    key: 'API key',
    keyHint: 'An admin key can change everything. A viewer key can only read.',
    whereTitle: 'Where do I find it?',
    where: [
      'Where npm start runs, in another terminal:',
      'Anywhere else it is what was set as ADMIN_API_KEY.',
    ],
    submit: 'Sign in',
    checking: 'Checking the key…',
    privacy: 'This browser stays signed in for 30 days. It does not store the key.',
    missing: 'Paste a key first.',
    unknownKey: 'This key is not valid here. Check that all of it was copied, with no space before or after.',
    botKey:
      'This is a bot’s key. It can reserve numbers and count messages, but it cannot read the fleet. Sign in with an admin or a viewer key.',
    unfit:
      'A key consists of letters without accents, digits, - and _. The pasted text contains other characters.',
    noCookie:
      'This browser did not keep the cookie of the sign-in. Allow cookies for this address, then sign in again.',
    revoked: 'You were signed out: the session or its key ended. Sign in again.',
    signedOut: 'You are signed out.',
  },

  sessions: {
    title: 'Signed-in browsers',
    lead: (label: string) =>
      `Browsers that are signed in with the key “${label}”. A session ends after 30 days, and with its key.`,
    thisBrowser: 'This browser',
    unknownBrowser: 'Unknown browser',
    signedIn: (when: string) => `signed in ${when}`,
    lastUsed: (ago: string) => `last used ${ago}`,
    end: 'Sign out',
    endNamed: (name: string) => `Sign out ${name}`,
    signOutEverywhere: 'Sign out everywhere',
    signOutFailed: 'You are still signed in',
  },
}
