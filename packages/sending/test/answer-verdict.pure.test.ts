import { describe, expect, it } from 'vitest'
import { judgeSendAnswer, releaseCauseOf, type SendRoute } from '../src/index.ts'

/** Evolution's envelope. Before a send it answers a thrown text as a 500; during it, it wraps it into the list of a 400. */
const envelope = (status: number, message: unknown) => ({ status, error: 'Error', response: { message } })

type Row = [what: string, status: number, message: unknown, why: string, elsewhere: boolean]

describe('certainly not sent, of every kind', () => {
  const rows: Row[] = [
    [
      'not loaded yet, a text',
      500,
      "Cannot read properties of undefined (reading 'textMessage')",
      'starting',
      true,
    ],
    [
      'not loaded yet, media',
      500,
      "Cannot read properties of undefined (reading 'mediaMessage')",
      'starting',
      true,
    ],
    [
      'not loaded yet, a voice message',
      500,
      "Cannot read properties of undefined (reading 'audioWhatsapp')",
      'starting',
      true,
    ],
    [
      'never connected, not looked up',
      500,
      "Cannot read properties of undefined (reading 'onWhatsApp')",
      'line_down',
      true,
    ],
    [
      'never connected, media',
      500,
      ["TypeError: Cannot read properties of undefined (reading 'waUploadToServer')"],
      'line_down',
      true,
    ],
    [
      'never connected, cached',
      400,
      ["TypeError: Cannot read properties of undefined (reading 'sendMessage')"],
      'line_down',
      true,
    ],
    [
      'shows its QR code',
      400,
      ["TypeError: Cannot read properties of undefined (reading 'id')"],
      'line_down',
      true,
    ],
    ['connection lost, not looked up', 500, 'Connection Closed', 'line_down', true],
    ['connection lost, cached', 400, ['Error: Connection Closed'], 'line_down', true],
    ['connection lost, media', 500, ['Error: Connection Closed'], 'line_down', true],
    ['socket lost in the send, cached', 400, ['1006'], 'line_down', true],
    ['the first close code', 400, ['1000'], 'line_down', true],
    ['the last close code', 400, ['1015'], 'line_down', true],
    [
      'a stream error in the send',
      500,
      "Cannot read properties of undefined (reading 'find')",
      'line_down',
      true,
    ],
    ['socket lost in the send, not cached', 500, 'Internal Server Error', 'server_failed', true],
    ['a query without an answer', 500, 'Timed Out', 'server_failed', true],
    ['a 500 without words', 500, '', 'server_failed', true],
    [
      'its database away',
      500,
      "database error: Can't reach database server at `127.0.0.1:5432`",
      'database_away',
      false,
    ],
    [
      'its database away, by Prisma',
      500,
      '\nInvalid `prisma.instance.findMany()` invocation',
      'database_away',
      false,
    ],
    ['an empty text', 400, ['Text is required'], 'invalid_message', false],
    ['no text', 400, [['instance requires property "text"']], 'invalid_message', false],
    ['media without a source', 400, ['Owned media must be a url or base64'], 'invalid_message', false],
    [
      'a document without a name',
      400,
      ['For base64 the file name must be informed.'],
      'invalid_message',
      false,
    ],
    [
      'audio without a source',
      400,
      ['Owned media must be a url, base64, or valid file with buffer'],
      'invalid_message',
      false,
    ],
    ['a body that is too large', 413, 'request entity too large', 'invalid_message', false],
    [
      'a number without WhatsApp',
      400,
      [{ jid: 'x@s.whatsapp.net', exists: false, number: 'x' }],
      'no_whatsapp',
      false,
    ],
    ['a wrong key', 401, 'Unauthorized', 'key_refused', false],
    ['an unknown instance', 404, ['The "a1" instance does not exist'], 'unknown_instance', true],
    ['an unknown route', 404, ['Cannot POST /message/sendText/a1'], 'wrong_address', false],
  ]
  it.each(rows)('%s: %i', (_what, status, message, why, elsewhere) => {
    for (const route of ['sendText', 'sendMedia', 'sendWhatsAppAudio'] as const)
      expect(judgeSendAnswer({ status, body: envelope(status, message), route })).toMatchObject({
        sent: 'no',
        why,
        elsewhere,
      })
  })
})

describe('media', () => {
  const rows: [SendRoute, ...Row][] = [
    ['sendMedia', 'upload', 500, ['Error: Media upload failed on all hosts'], 'media_unavailable', true],
    [
      'sendWhatsAppAudio',
      'upload',
      400,
      ['Error: Media upload failed on all hosts'],
      'media_unavailable',
      true,
    ],
    [
      'sendMedia',
      'the host of the URL is down',
      500,
      ['Error: connect ECONNREFUSED 127.0.0.1:9'],
      'media_unavailable',
      false,
    ],
    [
      'sendMedia',
      'the host has no address',
      500,
      ['Error: getaddrinfo ENOTFOUND photos.example'],
      'media_unavailable',
      false,
    ],
    [
      'sendMedia',
      'the host answers 404',
      500,
      ['AxiosError: Request failed with status code 404'],
      'media_unavailable',
      false,
    ],
    [
      'sendMedia',
      'Baileys reads the URL',
      500,
      ['Error: Failed to fetch stream from http://a/database'],
      'media_unavailable',
      false,
    ],
    ['sendMedia', 'fetch reads the URL', 500, ['TypeError: fetch failed'], 'media_unavailable', false],
    ['sendMedia', 'several addresses', 500, ['AggregateError'], 'media_unavailable', false],
    [
      'sendWhatsAppAudio',
      'the host of the URL is down',
      500,
      'connect ECONNREFUSED 127.0.0.1:9',
      'media_unavailable',
      false,
    ],
    // axios's error carries the status of the host, which Evolution takes over.
    [
      'sendWhatsAppAudio',
      'the host answers 404',
      404,
      'Request failed with status code 404',
      'media_unavailable',
      false,
    ],
    [
      'sendWhatsAppAudio',
      'the host answers 401',
      401,
      'Request failed with status code 401',
      'media_unavailable',
      false,
    ],
    [
      'sendWhatsAppAudio',
      'the host answers 503',
      503,
      'Request failed with status code 503',
      'media_unavailable',
      false,
    ],
    [
      'sendWhatsAppAudio',
      'no audio',
      500,
      'ffmpeg exited with code 1: pipe:0: Invalid data found',
      'invalid_message',
      false,
    ],
    [
      'sendMedia',
      'no picture',
      500,
      ['Error: Input buffer contains unsupported image format'],
      'invalid_message',
      false,
    ],
    [
      'sendMedia',
      'a document whose URL has no file name',
      500,
      ["TypeError: Cannot read properties of null (reading '1')"],
      'invalid_message',
      false,
    ],
  ]
  it.each(rows)('%s, %s: %i', (route, _what, status, message, why, elsewhere) => {
    const body = envelope(status, message)
    expect(judgeSendAnswer({ status, body, route })).toMatchObject({ sent: 'no', why, elsewhere })
    // Another program's body with the same words proves nothing.
    if (status >= 500)
      expect(judgeSendAnswer({ status, body: { message }, route })).toMatchObject({ sent: 'maybe' })
  })

  it('may have been sent when a request of Evolution after the write failed', () => {
    for (const words of [
      'AxiosError: Request failed with status code 500',
      'Error: connect ECONNREFUSED 127.0.0.1:9',
    ])
      expect(
        judgeSendAnswer({ status: 400, body: envelope(400, [words]), route: 'sendWhatsAppAudio' }),
      ).toMatchObject({ sent: 'maybe', why: 'failed_on_the_way' })
  })

  it('is not blamed for the failure of a text', () => {
    const body = envelope(500, 'connect ECONNREFUSED 127.0.0.1:6379')
    expect(judgeSendAnswer({ status: 500, body })).toMatchObject({ why: 'server_failed', elsewhere: true })
  })
})

describe('may have been sent', () => {
  it.each([
    ['a 400 that wraps an error of the way', 400, ['Error: Timed Out'], 'failed_on_the_way'],
    ['a 400 after the send', 400, ['PrismaClientKnownRequestError: after the send'], 'failed_on_the_way'],
    ['a 400 that wraps an object', 400, ['[object Object]'], 'failed_on_the_way'],
    ['any other error in a 400', 400, ['TypeError: x'], 'failed_on_the_way'],
    [
      'words around those of a lost connection',
      400,
      ['Error: after the send: Connection Closed by peer'],
      'failed_on_the_way',
    ],
    ["a proxy's 502 in words like Evolution's", 502, 'Bad Gateway', 'failed_on_the_way'],
    ["a proxy's 503 in words like Evolution's", 503, 'Service Unavailable', 'failed_on_the_way'],
  ])('%s', (_what, status, message, why) => {
    for (const route of ['sendText', 'sendMedia', 'sendWhatsAppAudio'] as const)
      expect(judgeSendAnswer({ status, body: envelope(status, message), route })).toMatchObject({
        sent: 'maybe',
        why,
      })
  })

  it.each([
    [
      'a message of a lost connection in another body',
      500,
      { detail: 'Connection Closed' },
      'strange_answer',
    ],
    ["a proxy's own 500", 500, '<html></html>', 'strange_answer'],
    ["a proxy's own 504", 504, '<html></html>', 'no_answer'],
    ['a success without an id', 201, { key: {} }, 'strange_answer'],
    ['half an answer', 201, '{"key":{"id', 'strange_answer'],
  ])('%s', (_what, status, body, why) => {
    expect(judgeSendAnswer({ status, body })).toMatchObject({ sent: 'maybe', why })
  })
})

describe('a proxy that forwarded nothing', () => {
  it.each([
    [302, 'wrong_address'],
    [401, 'key_refused'],
    [404, 'wrong_address'],
    [413, 'refused'],
    [429, 'refused'],
  ])('answers %i', (status, why) => {
    expect(judgeSendAnswer({ status, body: '<html></html>' })).toMatchObject({
      sent: 'no',
      why,
      elsewhere: false,
    })
  })
})

describe('a server whose licence is not activated', () => {
  it('refuses by its own body only', () => {
    const body = { code: 'LICENSE_REQUIRED' }
    expect(judgeSendAnswer({ status: 503, body })).toMatchObject({
      sent: 'no',
      why: 'unlicensed',
      elsewhere: false,
      words: expect.stringContaining('/manager'),
    })
    // A proxy may have forwarded the send.
    for (const other of ['<html>503</html>', { error: 'x' }, null])
      expect(judgeSendAnswer({ status: 503, body: other })).toMatchObject({ sent: 'maybe', why: 'no_answer' })
    expect(judgeSendAnswer({ status: 502, body })).toMatchObject({ sent: 'maybe' })
  })
})

it('a message that was written has its id', () => {
  const body = { key: { id: '3EB0' }, messageType: 'imageMessage' }
  expect(judgeSendAnswer({ status: 201, body, route: 'sendMedia' })).toEqual({
    sent: 'yes',
    messageId: '3EB0',
  })
})

it('words are cleaned before they are cut', () => {
  const secret = 's'.repeat(400)
  const body = envelope(400, [`Bad ${secret} end`])
  const verdict = judgeSendAnswer({ status: 400, body }, (words) => words.replaceAll(secret, '[hidden]'))
  expect(verdict).toMatchObject({ words: 'Bad [hidden] end' })
  expect(judgeSendAnswer({ status: 400, body })).toMatchObject({ words: `Bad ${secret}`.slice(0, 300) })
})

it('each reason has its cause for the release', () => {
  expect(releaseCauseOf('line_down')).toBe('line_down')
  expect(releaseCauseOf('no_whatsapp')).toBe('not_on_whatsapp')
  expect(releaseCauseOf('unreachable')).toBe('not_tried')
  expect(releaseCauseOf('unlicensed')).toBe('not_tried')
  for (const why of ['media_unavailable', 'starting', 'server_failed', 'invalid_message', 'refused'] as const)
    expect(releaseCauseOf(why)).toBe('refused')
})
