/** The place of contacts: one person, with the acts on it. */
export const contacts = {
  contacts: {
    title: 'Contacts',
    lead: 'Shows one person: the number they talk with and why, their last message, their conversations, and whether they are blocked. Type their phone, or the id that your bot uses.',
    field: 'Phone or id',
    placeholder: '5547988887777',
    hint: 'With the area code, as (47) 98888-7777, or the id exactly as your bot uses it.',
    submit: 'Show',
    reading: 'Reading the contact…',
    shown: 'The contact is shown.',
    failedTitle: 'The contact could not be read',
    unknown:
      'No number serves this contact yet. After the first message its number, its last message and its conversations are shown here; you can already choose its number or block it.',
    showPhone: (phone: string) => `Show ${phone} instead`,
    viewer: 'Only an admin key may read conversations, change a contact, export it or forget it.',

    number: 'Number',
    noNumber: 'none yet',
    lastInbound: 'Last message received',
    noInbound: 'none reported',
    conversations: 'Conversations',
    conversationsMore:
      'When each number last sent to this contact and last received from it. Reading them takes some seconds in a large fleet.',
    showConversations: 'Show conversations',
    readingConversations: 'Reading…',
    conversationsShown: (n: string) => `${n} conversations`,
    noConversations: 'No message was reserved for it or received from it in the last month.',
    sent: 'Last sent',
    received: 'Last received',

    setNumber: 'Choose a number',
    changeNumber: 'Change number',
    clearNumber: 'Clear number',
    changeTitle: 'Which number serves this contact?',
    changeMore:
      'It sends from the next message on, while it can. If the person never talked with it, they receive messages from a number that is new to them.',
    newNumber: 'New number',
    choose: 'Choose…',

    isBlocked: 'This contact is blocked',
    blockedSince: (when: string) => `Blocked since ${when}`,
    showBlock: 'Show since when and why',
    blockedMore: 'No number sends to it, whatever the strategy.',
    block: 'Block',
    unblock: 'Unblock',
    blockTitle: 'Block this contact?',
    blockMore:
      'Your bots can no longer reserve a message to it, through any number. The block stays if you forget the contact.',
    blockReason: 'Why? (optional)',
    blockReasonHint: 'Shown to other operators. It is deleted if you forget the contact.',
    unblockTitle: 'Unblock this contact?',
    unblockMore: 'Your bots may send to it again. Do this only if the person agreed to receive messages.',

    otherIds: 'Other ids',
    noOtherIds:
      'No other id is linked. Both forms of a Brazilian number, with and without the 9, are one contact, unless they were separated.',
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
      'It becomes a separate contact, without a number and without conversations. If this contact is blocked, both are.',

    separate: 'Separate the forms',
    separateTitle: (form: string) => `Separate ${form}?`,
    separateMore:
      'The number with the 9 and the number without it become two contacts for ever. Do this only if they are two people. What is stored stays with the form to which your bot sent last; a block holds for both.',
    apartAlready: 'These are two contacts already.',

    export: 'Export',
    exporting: 'Exporting…',
    forget: 'Forget',
    forgetting: 'Forgetting…',
    forgetTitle: 'Forget this contact?',
    forgetGoes:
      'Deleted: its number, its conversations, its other ids, the messages that zapfleet sent or has not sent yet, and its ids in reservations and in the audit.',
    forgetStays:
      'Kept: the counters of your numbers, and the reservations without the contact. In your bot’s table clientes only the number is cleared; backups are not changed.',
    forgetStaysBlocked:
      'Kept: the block, as a hash without the id; the counters of your numbers, and the reservations without the contact. In your bot’s table clientes only the number is cleared; backups are not changed.',
    forgetFinal: 'This cannot be undone.',

    done: {
      setNumber: (name: string) => `${name} serves this contact now`,
      clearNumber: 'The next message chooses a number',
      block: 'The contact is blocked',
      unblock: 'The contact is no longer blocked',
      link: (alias: string) => `${alias} is linked`,
      unlink: (alias: string) => `${alias} is a separate contact`,
      forget: 'The contact is forgotten',
    },
  },
}
