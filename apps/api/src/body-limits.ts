/** The largest body of a call, in bytes. A batch of 250 reserves is a tenth of it. */
export const BODY_LIMIT_BYTES = 1_048_576

/** The largest file that `message.send` takes as base64, in bytes: WhatsApp's limit for videos. */
const MEDIA_LIMIT_BYTES = 16 * 1_048_576

/** The same in characters of base64. */
export const BASE64_LIMIT_CHARS = Math.ceil(MEDIA_LIMIT_BYTES / 3) * 4

/** The largest body of a `message.send` that is sent alone: the file, its caption, and the backslashes that some programs write before each slash. */
export const SEND_BODY_LIMIT_BYTES = 23 * 1_048_576

/** The calls with `SEND_BODY_LIMIT_BYTES`. */
export const LARGE_CALL = 'message.send'

/** The limit for people. */
export function bodyLimitWords(limitBytes: number): string {
  return `${limitBytes / 1_048_576} MiB`
}
