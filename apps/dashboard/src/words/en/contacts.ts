/** The place of contacts: one person, with the acts on it. */
export const contacts = {
  contacts: {
    title: 'Contacts',
    lead: 'Shows one person: the number they talk with and why, their last message, and whether they are blocked. Type their phone, or the id that your bot uses.',
    field: 'Phone or id',
    placeholder: '5547988887777',
    hint: 'With the area code, as (47) 98888-7777, or the id exactly as your bot uses it.',
    submit: 'Show',
    reading: 'Reading the contact…',
    shown: 'The contact is shown.',
    failedTitle: 'The contact could not be read',
    unknown:
      'The fleet stores nothing of this contact yet. After the first message its number and the last message are shown here; you can already choose its number or block it.',
    showPhone: (phone: string) => `Show ${phone} instead`,
    viewer: 'Only an admin key may change a contact.',

    number: 'Number',
    noNumber: 'none yet',
    lastInbound: 'Last message received',

    setNumber: 'Choose a number',
    changeNumber: 'Change number',
    clearNumber: 'Clear number',
    changeTitle: 'Which number serves this contact?',
    changeMore:
      'It sends from the next message on, while it can. If the person never talked with it, they receive messages from a number that is new to them.',
    newNumber: 'New number',
    choose: 'Choose…',

    isBlocked: 'This contact is blocked',
    blockedMore: 'No number sends to it, whatever the strategy.',
    block: 'Block',
    unblock: 'Unblock',
    blockTitle: 'Block this contact?',
    blockMore: 'Your bots can no longer reserve a message to it, through any number.',
    blockReason: 'Why? (optional)',
    blockReasonHint: 'Stored with the block.',
    unblockTitle: 'Unblock this contact?',
    unblockMore: 'Your bots may send to it again. Do this only if the person agreed to receive messages.',

    otherIds: 'Other ids',
    noOtherIds:
      'No other id is linked. Both forms of a Brazilian number, with and without the 9, are one contact already.',
    otherId: 'Other id',
    otherIdHint: 'Another phone of the same person, or an id of another system.',
    link: 'Link an id',
    linkTitle: 'Link another id',
    linkMore: 'Both ids become one contact: one number, one block, one history.',
    linkConflict:
      'These ids remain two contacts: both have conversations and may be two people, or one belongs to another contact.',
    linkSame: 'This id is the same contact already, or it is a group.',
    unlink: 'Unlink',
    unlinkNamed: (alias: string) => `Unlink ${alias}`,
    unlinkTitle: (alias: string) => `Unlink ${alias}?`,
    unlinkMore:
      'It becomes a contact of its own, without a number and without conversations. A block holds for both.',

    done: {
      setNumber: (name: string) => `${name} serves this contact now`,
      clearNumber: 'The next message chooses a number',
      block: 'The contact is blocked',
      unblock: 'The contact is no longer blocked',
      link: (alias: string) => `${alias} is linked`,
      unlink: (alias: string) => `${alias} is a contact of its own`,
    },
  },
}
