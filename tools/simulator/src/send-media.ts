import { badRequest, badSchema, crashed, EvolutionError } from './errors.ts'
import type { Instance } from './instance.ts'
import { isBase64, isUrl, sourceFailure } from './media-source.ts'
import { sendMessage } from './send-message.ts'
import { checkDelay, checkRequired } from './send-text.ts'
import { MEDIA_TYPES, type MediaType, mediaContent, voiceContent } from './sent-content.ts'
import type { Message } from './traffic.ts'
import type { World } from './world.ts'

const UPLOAD_FAILED = 'Error: Media upload failed on all hosts'

/**
 * sendMedia. Evolution reads and uploads the media before it looks at the number; what fails there is a 500 with a list. Nothing was
 * written to WhatsApp then.
 */
export async function sendMedia(
  world: World,
  instance: Instance,
  body: Record<string, unknown>,
): Promise<Message> {
  checkRequired(body, ['number', 'mediatype'])
  const { number, mediatype, media, fileName, mimetype, caption } = body
  if (typeof number !== 'string') throw badSchema(['Invalid format'])
  if (!isMediaType(mediatype))
    throw badSchema([`mediatype is not one of enum values: ${MEDIA_TYPES.join(',')}`])
  checkDelay(body)
  if (isBase64(media) && !fileName && mediatype === 'document')
    throw badRequest('For base64 the file name must be informed.')
  if (typeof media !== 'string' || !(isUrl(media) || isBase64(media)))
    throw badRequest('Owned media must be a url or base64')
  if (instance.connection === null)
    throw crashed("Cannot read properties of undefined (reading 'mediaMessage')")
  if (!instance.connection.hasSocket)
    throw new EvolutionError(500, [
      "TypeError: Cannot read properties of undefined (reading 'waUploadToServer')",
    ])
  const failure = sourceFailure(world.mediaUrls, media)
  if (failure !== null) throw new EvolutionError(500, [`${failure.error}: ${failure.words}`])
  if (world.uploadsFail) throw new EvolutionError(500, [UPLOAD_FAILED])
  const file = { media, fileName: textOf(fileName), mimetype: textOf(mimetype), caption: textOf(caption) }
  return sendMessage(world, instance, { number, delay: body.delay, content: mediaContent(mediatype, file) })
}

/**
 * sendWhatsAppAudio: a voice message. Evolution converts the audio before the send, whose errors are raw; Baileys uploads it within the
 * send, whose errors are a 400. Nothing was written to WhatsApp in either.
 */
export async function sendVoice(
  world: World,
  instance: Instance,
  body: Record<string, unknown>,
): Promise<Message> {
  checkRequired(body, ['number'])
  const { number, audio } = body
  if (typeof number !== 'string') throw badSchema(['Invalid format'])
  checkDelay(body)
  if (typeof audio !== 'string' || !(isUrl(audio) || isBase64(audio)))
    throw badRequest('Owned media must be a url, base64, or valid file with buffer')
  if (instance.connection === null)
    throw crashed("Cannot read properties of undefined (reading 'audioWhatsapp')")
  const failure = sourceFailure(world.mediaUrls, audio)
  if (failure !== null)
    throw new EvolutionError(failure.status ?? 500, failure.words, 'Internal Server Error')
  return sendMessage(world, instance, {
    number,
    delay: body.delay,
    content: voiceContent(audio),
    prepare() {
      if (world.uploadsFail) throw badRequest(UPLOAD_FAILED)
    },
  })
}

const isMediaType = (value: unknown): value is MediaType =>
  (MEDIA_TYPES as readonly unknown[]).includes(value)

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
