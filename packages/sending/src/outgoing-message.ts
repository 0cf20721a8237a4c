/** The kinds of media. Audio is sent as a voice message. */
export type MediaKind = 'image' | 'video' | 'document' | 'audio'

/** Media: exactly one of `url` and `base64`. */
export type OutgoingMedia = {
  /** How WhatsApp shows it. */
  kind: MediaKind
  /** An http or https address that Evolution reads. */
  url?: string | undefined
  /** The bytes as base64, without the beginning of a data URL. */
  base64?: string | undefined
  /** The name that the recipient sees; Evolution needs it for a document as base64. Not used for audio. */
  fileName?: string | undefined
  /** The MIME type, where it does not follow from the file name. Not used for audio. */
  mimeType?: string | undefined
  /** A text below the media. Not used for audio. */
  caption?: string | undefined
}

/** One message: a text, or media. `number` is digits with the country code, or a JID. */
export type OutgoingMessage = { number: string } & ({ text: string } | { media: OutgoingMedia })

/** The routes of Evolution that send. */
export type SendRoute = 'sendText' | 'sendMedia' | 'sendWhatsAppAudio'

/** The request of one send: the route `/message/<route>/<instance>`, and its JSON body. */
export type SendRequest = { route: SendRoute; body: Record<string, unknown> }

/** The texts of a message that must not appear in logs and errors, the number among them; base64 is not one of them. */
export function textsOf(message: OutgoingMessage): string[] {
  if ('text' in message) return [message.number, message.text]
  const { url, fileName, caption } = message.media
  // Errors of Evolution name the address in its normal form.
  const address = url !== undefined && URL.canParse(url) ? new URL(url).href : undefined
  return [message.number, url, address, fileName, caption].filter((one) => one !== undefined)
}

/**
 * The request that sends this message. Fields that are undefined are absent from its JSON.
 *
 * @throws TypeError when the media has neither `url` nor `base64`, or both
 */
export function sendRequest(message: OutgoingMessage): SendRequest {
  const { number } = message
  if ('text' in message) return { route: 'sendText', body: { number, text: message.text } }
  const { kind, url, base64, fileName, mimeType, caption } = message.media
  if ((url === undefined) === (base64 === undefined)) {
    const received = url === undefined ? 'none of them' : 'both'
    throw new TypeError(
      `Expected media of kind ${kind} with one of url and base64, and received ${received}. Give one.`,
    )
  }
  const media = url ?? base64
  if (kind === 'audio') return { route: 'sendWhatsAppAudio', body: { number, audio: media } }
  return {
    route: 'sendMedia',
    body: { number, mediatype: kind, media, fileName, mimetype: mimeType, caption },
  }
}
