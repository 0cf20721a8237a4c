/**
 * The outcome of a send by Evolution: a text, an image, a video, a document or a voice message.
 *
 * - `yes`: written to the socket of WhatsApp, with the id of the message;
 * - `no`: certainly not sent; `elsewhere` is whether another number may succeed;
 * - `maybe`: unknown. Evolution has no idempotency key, so sending again may send twice.
 *
 * `why` is for programs, `words` for people: the text of Evolution or of the network error.
 */
export type SendVerdict =
  | {
      /** Written to the socket of WhatsApp. */
      sent: 'yes'
      /** Id of the message on WhatsApp. */
      messageId: string
    }
  | {
      /** Certainly not sent. */
      sent: 'no'
      /** Why, for programs. */
      why: NotSentReason
      /** Whether another number may succeed. */
      elsewhere: boolean
      /** Why, for people. */
      words: string
    }
  | {
      /** Sent or not: unknown. Do not send it again. */
      sent: 'maybe'
      /** Why, for programs. */
      why: 'no_answer' | 'failed_on_the_way' | 'strange_answer'
      /** Why, for people. */
      words: string
    }

/** Why a message was certainly not sent. */
export type NotSentReason =
  | 'line_down'
  /** Evolution has just started and has not loaded the instance yet. */
  | 'starting'
  /** Evolution cannot reach its own database. */
  | 'database_away'
  /** The licence of Evolution is not activated, so it refuses every send. */
  | 'unlicensed'
  /** Evolution failed (500) before the send. */
  | 'server_failed'
  /** Evolution could not read the URL of the media, or could not upload the media to WhatsApp. */
  | 'media_unavailable'
  | 'unknown_instance'
  | 'no_whatsapp'
  | 'invalid_message'
  | 'key_refused'
  | 'wrong_address'
  | 'refused'
  | 'unreachable'

/** Why a seat is given back, as `reservation.release` takes it. */
export type ReleaseCause = 'line_down' | 'not_on_whatsapp' | 'refused' | 'not_tried'

/** The cause of such a verdict in the release of a seat. */
export function releaseCauseOf(why: NotSentReason): ReleaseCause {
  if (why === 'line_down') return 'line_down'
  if (why === 'no_whatsapp') return 'not_on_whatsapp'
  // Evolution did not look at the message, so this is no evidence about the number or the contact.
  return why === 'unreachable' || why === 'unlicensed' ? 'not_tried' : 'refused'
}
