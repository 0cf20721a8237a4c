/** Limits of what the delivery of a number is judged by, each with its reason. Times are in milliseconds. */
export const DELIVERY_THRESHOLDS = {
  /** Seats in a row that were refused for want of a connection. One or two happen in each short drop. */
  refusedSeats: 3,
  /** People of these seats. One person's number may fail in a way of its own. */
  refusedPeople: 3,
  /** A number that failed rests this long before a probe brings it back, so a relapse costs at most one seat a minute. */
  restMs: 60_000,
  /** The age of a message that may count as silent. The baseline is the share of messages with a report within this time. */
  silentAfterMs: 60_000,
  /** People of the silent messages. One phone may be switched off. */
  silentPeople: 3,
  /** The chance that a working number is silent so often in a row: (1 - baseline) ^ messages. */
  silenceChance: 0.000_1,
  /** Below this baseline silence is usual: many contacts have no phone on, or few reports arrive. */
  lowestBaseline: 0.2,
  /** Messages of the last 7 days that a baseline needs. Of fewer, chance alone makes a share. */
  baselineMessages: 20,
  /** Baileys holds reports back for so long after a connection opens (measured on 2.3.6). */
  blindMs: 20_000,
  /** Good news of a number without traffic proves its delivery for this time. */
  provenForMs: 86_400_000,
} as const

/** Limits of what a restriction is inferred from. */
export const RESTRICTION_THRESHOLDS = {
  /** New contacts whose message failed. A single one has reasons of its own: no WhatsApp any more, a block. */
  failedContacts: 3,
  /** Failures further apart than this have separate causes; in milliseconds. */
  withinMs: 600_000,
  /** Contacts who know the number and were reached: without them the number may be dead for all contacts. */
  reachedContacts: 1,
} as const
