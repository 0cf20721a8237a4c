/** The limits of a number beside those per hour and day: in its settings and in its view. */
export const budget = {
  budget: {
    more: 'More limits',
    none: 'none is set',
    parts: { newContacts: 'new contacts', gap: 'pace', ramp: 'slow start', hours: 'hours' },
    correct: 'needs a correction',
    notCount: (max: string) => `A whole number from 0 to ${max}, or nothing for no limit.`,

    newContacts: 'New contacts',
    newContactsHint:
      'People without a message to or from this number in the last 30 days. Many of them in a short time are a frequent cause of bans. Replies and known contacts are not counted.',
    newHourly: 'New contacts an hour',
    newDaily: 'New contacts a day',
    noLimit: 'no limit',
    newHourAboveDay: 'The hourly limit is above the daily one, so the daily one applies first.',

    pace: 'Pace',
    paceHint: 'Sends messages one after the other instead of all at once.',
    gap: 'Seconds between two messages, at least',
    noGap: 'no wait',
    notGap: (max: string) => `A number of seconds from 0 to ${max}, or nothing for no wait.`,

    ramp: 'Slow start (ramp)',
    rampHint:
      'For a number that is new, or was silent for long. It begins with few messages a day and sends a few more every day.',
    rampOn: 'Raise the limit a day step by step',
    rampFrom: 'On the first day',
    rampTo: 'On the last day',
    rampDays: 'Days in all',
    rampUnit: 'Messages a day. Other values begin it again.',
    notRampLimit: (max: string) => `A whole number from 1 to ${max}.`,
    rampFalls: 'Not less than on the first day.',
    notRampDays: (least: string, most: string) => `A whole number from ${least} to ${most}.`,
    rampBegins: (from: string, to: string, date: string) =>
      `It begins today when you save: ${from} messages today, ${to} on ${date}.`,
    rampEnds: 'It ends when you save. From then on the limit a day holds alone.',
    rampAboveDay: (daily: string) => `The limit of ${daily} messages a day is lower: it holds from there on.`,

    rampToday: (day: string, days: string, limit: string) =>
      `Day ${day} of ${days}: ${limit} messages today.`,
    rampReaches: (to: string, date: string) => `It reaches ${to} on ${date} if nothing delays it.`,
    rampDone: 'It is complete.',
    rampHeld: (why: string) => `It did not rise last midnight: ${why}.`,
    rampHolds: {
      BANNED: 'WhatsApp banned the number',
      RESTRICTED: 'WhatsApp restricted the number',
      NOT_DELIVERING: 'its messages did not arrive',
      SILENT: 'it had sent nothing for 72 hours',
    },
    rampLimit: (limit: string) => `${limit} messages a day`,
    rampCut: (limit: string) => `It allows ${limit}, but the limit a day is lower.`,
    rampPicture: (from: string, to: string, days: string, day: string, limit: string) =>
      `A line from ${from} messages on day 1 to ${to} on day ${days}. Today is day ${day}, with ${limit}.`,
    day: (n: string) => `day ${n}`,
    today: (day: string) => `today, day ${day}`,

    newThisHour: 'New contacts this hour',
    newToday: 'New contacts today',
    gapDetail: 'Between two messages',
    atLeast: (seconds: number, text: string) => `at least ${text} ${seconds === 1 ? 'second' : 'seconds'}`,
    nextAt: (time: string) => `Waits between two messages. The next one is possible from ${time} on.`,

    hours: 'Hours',
    hoursHint: (zone: string) =>
      `In the time zone of the fleet, ${zone}. Replies to people who wrote in the last 24 hours go out at any time.`,
    hoursOn: 'Send only at certain hours',
  },

  hours: {
    row: (n: string) => `Hours ${n}`,
    days: 'Days',
    from: 'From',
    to: 'To',
    add: 'Add hours',
    remove: (n: string) => `Remove hours ${n}`,
    noDay: 'Choose at least one day.',
    notTime: 'A time such as 08:00.',
    notEnd: 'A time such as 20:00, at most 24:00.',
    overMidnight: (from: string, to: string) =>
      from === to
        ? 'The end is not after the start.'
        : `The end is not after the start. Over midnight, use two rows: ${from} to 24:00, and 00:00 to ${to}.`,
    everyDay: 'every day',
    open: 'open now',
    closedUntil: (when: string) => `closed, opens ${when}`,
    atTime: (time: string) => `at ${time}`,
    tomorrowAt: (time: string) => `tomorrow at ${time}`,
    dayAt: (day: string, time: string) => `${day} at ${time}`,
    short: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
    long: {
      mon: 'Monday',
      tue: 'Tuesday',
      wed: 'Wednesday',
      thu: 'Thursday',
      fri: 'Friday',
      sat: 'Saturday',
      sun: 'Sunday',
    },
  },
}
