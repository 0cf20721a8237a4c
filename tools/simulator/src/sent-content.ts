import { createHash } from 'node:crypto'

/** The values of `mediatype`. */
export const MEDIA_TYPES = ['image', 'document', 'video', 'audio'] as const

export type MediaType = (typeof MEDIA_TYPES)[number]

/** The kind of a message, as the control lists it. */
export type SentKind = 'text' | MediaType | 'voice'

/** The content of a message that is sent: `text` is the text or the caption, `message` and `messageType` are those of the answer. */
export type SentContent = {
  kind: SentKind
  text: string
  messageType: string
  message: Record<string, unknown>
}

const THUMBNAIL_BYTES = 700

/** The content of a text. */
export const textContent = (text: string): SentContent => ({
  kind: 'text',
  text,
  messageType: 'conversation',
  message: { conversation: text },
})

/** The content of an image, a video, a document or an audio file. Its answer has keys and a thumbnail of several kB. */
export function mediaContent(
  kind: MediaType,
  file: {
    media: string
    fileName: string | undefined
    mimetype: string | undefined
    caption: string | undefined
  },
): SentContent {
  const { media, caption, fileName = DEFAULT_NAMES[kind], mimetype = mimetypeOf(kind, fileName) } = file
  const described = {
    ...(caption === undefined ? {} : { caption }),
    ...(fileName === undefined ? {} : { fileName }),
    ...(kind === 'image' || kind === 'video'
      ? { jpegThumbnail: bytesOf(`thumbnail ${media}`, THUMBNAIL_BYTES) }
      : {}),
    ...(kind === 'video' ? { gifPlayback: false } : {}),
  }
  const messageType = `${kind}Message`
  const message = { [messageType]: { ...uploaded(kind, media, mimetype), ...described } }
  return { kind, text: caption ?? '', messageType, message }
}

/** The content of a voice message. */
export function voiceContent(audio: string): SentContent {
  const message = {
    audioMessage: { ...uploaded('audio', audio, 'audio/ogg; codecs=opus'), seconds: 1, ptt: true },
  }
  return { kind: 'voice', text: '', messageType: 'audioMessage', message }
}

const DEFAULT_NAMES: Partial<Record<MediaType, string>> = { image: 'image.png', video: 'video.mp4' }
const MIMETYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
}

function mimetypeOf(kind: MediaType, fileName: string | undefined): string {
  const ending = /\.([a-z0-9]+)$/i.exec(fileName ?? '')?.[1]?.toLowerCase() ?? ''
  return MIMETYPES[ending] ?? (kind === 'audio' ? 'audio/mpeg' : 'application/octet-stream')
}

/** What Baileys adds for media that it uploaded to WhatsApp's hosts. */
function uploaded(kind: MediaType, media: string, mimetype: string): Record<string, unknown> {
  const path = `/v/t62.7118-24/${createHash('sha256').update(media).digest('hex')}.enc?ccb=11-4`
  return {
    url: `https://mmg.whatsapp.net${path}&mms3=true`,
    mimetype,
    fileSha256: bytesOf(`file ${media}`, 32),
    fileLength: { low: media.length, high: 0, unsigned: true },
    mediaKey: bytesOf(`key ${kind} ${media}`, 32),
    fileEncSha256: bytesOf(`encrypted ${media}`, 32),
    directPath: path,
  }
}

/** Bytes as Evolution writes them into JSON: an object with a field for each. */
function bytesOf(seed: string, length: number): Record<string, number> {
  const block = createHash('sha256').update(seed).digest()
  return Object.fromEntries(Array.from({ length }, (_, at) => [String(at), block[at % block.length] ?? 0]))
}
