/** The view that shows which number would send. */
export const ask = {
  ask: {
    title: 'Who would send?',
    lead: 'Shows which number would send the next message to a contact, and why the others would not. This changes nothing.',
    contact: 'Contact',
    contactHint: 'The id your bot uses for the contact. Leave it empty to check without a contact.',
    contactPlaceholder: '5511987654321',
    pool: 'Pool',
    strategy: 'Strategy',
    strategies: {
      sticky: 'Sticky: the person’s own number',
      round_robin: 'Rotation: in turn, by priority',
      least_loaded: 'Least loaded: the emptiest day',
    },
    submit: 'Check',
    asking: 'Checking…',
    wouldSend: (name: string) => `${name} would send`,
    because: {
      only: 'It is the only one that can send now.',
      first: 'It is first by this strategy.',
      toContact: 'Show this contact',
      own: 'This contact already uses this number.',
    },
    wouldWait: (name: string) => `${name} would send after a wait`,
    ownWaits: (when: string) =>
      `This contact keeps its number, which waits between two messages and is free ${when}.`,
    noNumber: 'No number can send now',
    noNumberUntil: (when: string) => `The first is free again ${when}.`,
    noNumberEver: 'Connect or resume a number, or raise a limit.',
    prefers: (name: string) => `This contact uses ${name}.`,
    prefersNone: 'This contact has no number yet.',
    toContact: 'Show this contact',
    own: 'own number',
    candidates: 'All numbers, in order',
    freeAt: (when: string) => `free ${when}`,
    more: (n: string) => `and ${n} more`,
  },
}
