import { once } from 'node:events'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createEvolution, type EvolutionCall, type EvolutionOptions } from '../src/index.ts'
import { judgeSend } from '../src/send-verdict.ts'
import { type Act, envelope, hang, reset, startScriptedServer } from './scripted-server.ts'

const KEY = 'evo-key-123456'
const STATE: Act = { status: 200, json: { instance: { instanceName: 'a1', state: 'open' } } }
const SENT: Act = { status: 201, json: { key: { id: 'M1' } } }
const TEXT = { number: '5511977776666', text: 'querida Maria' }
const PHOTO = {
  number: '5511977776666',
  media: { kind: 'image', url: 'http://photos.example/maria.png' },
} as const
const ended: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(ended.splice(0).map((end) => end()))
})

async function talkTo(script: Act[], options: Partial<EvolutionOptions> = {}) {
  const server = await startScriptedServer(...script)
  const events: EvolutionCall[] = []
  const evolution = createEvolution({
    url: server.url,
    apiKey: KEY,
    log: (event) => events.push(event),
    ...options,
  })
  ended.push(() => server.close().then(() => evolution.close()))
  return { server, evolution, events }
}

const cut: Act = (_request, response) => {
  response.writeHead(201, { 'content-length': '1000' })
  response.write('{"key":', () => response.destroy())
}
const endless: Act = (_request, response) => {
  const block = Buffer.alloc(1024 * 1024, ' ')
  const write = () => {
    while (!response.destroyed && response.write(block));
    if (!response.destroyed) response.once('drain', write)
  }
  write()
}

describe('a message that may have been sent', () => {
  it.each<[string, Act, string, string]>([
    ['a reset connection', reset, 'no_answer', 'unreachable'],
    ['a gateway without a server', { status: 503, text: '<html></html>' }, 'no_answer', 'unreachable'],
    ['a cut answer', cut, 'no_answer', 'unreachable'],
    ['an endless answer', endless, 'strange_answer', 'malformed'],
    ['a 200 without an id', { status: 200, json: {} }, 'strange_answer', 'malformed'],
    ['an error of the way', envelope(400, ['Error: Timed Out']), 'failed_on_the_way', 'refused'],
  ])('is sent once, and is maybe, after %s', async (_what, act, why, outcome) => {
    for (const message of [TEXT, PHOTO]) {
      const { server, evolution, events } = await talkTo([act])
      expect(await evolution.send('a1', message)).toMatchObject({ sent: 'maybe', why })
      expect(server.seen).toHaveLength(1)
      expect(events).toMatchObject([{ call: 'send', name: 'a1', outcome, attempt: 1 }])
    }
  })

  it('is maybe when its time ends after it was written', async () => {
    const { server, evolution } = await talkTo([STATE, hang])
    // This call opens the connection, so that the time of the next is not spent on that.
    await evolution.connectionState('a1')
    const arrived = server.nextRequest()
    const verdict = evolution.send('a1', TEXT, { timeoutMs: 500 })
    await arrived
    expect(await verdict).toEqual({ sent: 'maybe', why: 'no_answer', words: 'no answer within 500 ms' })
  })

  it('is maybe when its caller cancels it after it was written, and the log has it as cancelled', async () => {
    const { server, evolution, events } = await talkTo([hang])
    const cancel = new AbortController()
    const arrived = server.nextRequest()
    const verdict = evolution.send('a1', TEXT, { signal: cancel.signal })
    await arrived
    cancel.abort()
    expect(await verdict).toMatchObject({ sent: 'maybe', why: 'no_answer' })
    expect(events).toMatchObject([{ call: 'send', outcome: 'cancelled' }])
  })

  it('is maybe when the client is closed meanwhile', async () => {
    const { server, evolution } = await talkTo([hang])
    const arrived = server.nextRequest()
    const verdict = evolution.send('a1', TEXT)
    await arrived
    await evolution.close({ graceMs: 1 })
    expect(await verdict).toMatchObject({ sent: 'maybe', why: 'no_answer' })
    expect(await evolution.send('a1', TEXT)).toMatchObject({ sent: 'no', why: 'unreachable' })
  })

  it('is maybe after an answer that is not HTTP', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const evolution = createEvolution({ url: `http://127.0.0.1:${port}`, apiKey: KEY })
    ended.push(
      () => evolution.close(),
      async () => void server.close(),
    )
    expect(await evolution.send('a1', TEXT)).toMatchObject({ sent: 'maybe', why: 'no_answer' })
  })
})

describe('a message that was certainly not sent', () => {
  it('is one to a server that does not listen', async () => {
    const { server, evolution, events } = await talkTo([SENT])
    await server.close()
    expect(await evolution.send('a1', TEXT)).toEqual({
      sent: 'no',
      why: 'unreachable',
      elsewhere: false,
      words: 'Evolution could not be reached (ECONNREFUSED)',
    })
    expect(events).toMatchObject([{ call: 'send', outcome: 'unreachable' }])
  })

  it('is one whose time ended in the queue, and it is not sent afterwards', async () => {
    let answerFirst = () => {}
    const slow: Act = (_request, response) => {
      answerFirst = () => response.end('{"instance":{"state":"open"}}')
    }
    const { server, evolution } = await talkTo([slow, STATE], { connections: 1 })
    const arrived = server.nextRequest()
    const first = evolution.connectionState('first')
    await arrived
    expect(await evolution.send('queued', TEXT, { timeoutMs: 50 })).toMatchObject({
      sent: 'no',
      why: 'unreachable',
    })
    const cancel = new AbortController()
    const cancelled = evolution.send('cancelled', TEXT, { signal: cancel.signal })
    cancel.abort()
    expect(await cancelled).toMatchObject({ sent: 'no', why: 'unreachable' })
    answerFirst()
    await first
    await evolution.connectionState('last')
    expect(server.seen.map((request) => request.path.split('/').at(-1))).toEqual(['first', 'last'])
  })

  it('is one that was cancelled before', async () => {
    const { server, evolution } = await talkTo([SENT])
    expect(await evolution.send('a1', TEXT, { signal: AbortSignal.abort() })).toEqual({
      sent: 'no',
      why: 'unreachable',
      elsewhere: false,
      words: 'cancelled before anything was sent',
    })
    expect(server.seen).toEqual([])
  })

  it('is one that Evolution refused, and the verdict is the one of the wire', async () => {
    const { evolution, events } = await talkTo([
      envelope(500, 'Connection Closed'),
      envelope(500, ['Error: Media upload failed on all hosts']),
      { status: 503, json: { code: 'LICENSE_REQUIRED' } },
      { status: 302, text: '', headers: { location: 'http://elsewhere.example/' } },
    ])
    const whys = []
    for (const message of [TEXT, PHOTO, TEXT, TEXT]) whys.push(await evolution.send('a1', message))
    expect(whys).toMatchObject([
      { sent: 'no', why: 'line_down', elsewhere: true },
      { sent: 'no', why: 'media_unavailable', elsewhere: true },
      { sent: 'no', why: 'unlicensed', elsewhere: false },
      { sent: 'no', why: 'wrong_address', elsewhere: false },
    ])
    expect(events.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['refused', 500],
      ['refused', 500],
      ['unlicensed', 503],
      ['malformed', 302],
    ])
  })
})

it('returns the id of a message, however large the answer is, and logs nothing of the message', async () => {
  const large: Act = {
    status: 201,
    json: { key: { id: 'M1' }, message: { thumbnail: 'x'.repeat(5_000_000) } },
  }
  const { evolution, events } = await talkTo([large])
  const call = evolution.forRequest('r-1')
  expect(await call.send('a1', TEXT)).toEqual({ sent: 'yes', messageId: 'M1' })
  expect(events).toEqual([
    {
      call: 'send',
      name: 'a1',
      outcome: 'ok',
      status: 201,
      tookMs: expect.any(Number),
      attempt: 1,
      requestId: 'r-1',
    },
  ])
})

it('has no words of the message in its verdict, whatever Evolution repeats', async () => {
  const url = 'https://photos.example/maria silva.png?signature=s3cret'
  const base64 = 'c2VjcmV0'.repeat(20)
  const repeating = envelope(500, [
    `Failed: ${url} ${new URL(url).href} ${base64} c2VjcmV0c2Vj "querida Maria" a.pdf`,
  ])
  const { evolution } = await talkTo([repeating])
  const number = '5511977776666'
  for (const media of [
    { kind: 'image', url, caption: 'querida Maria', fileName: 'a.pdf' },
    { kind: 'image', base64: 'c2VjcmV0c2Vj', caption: 'querida Maria', fileName: 'a.pdf' },
  ] as const) {
    const verdict = await evolution.send('a1', { number, media })
    expect(verdict).toMatchObject({ sent: 'no', words: expect.stringContaining('Failed') })
    expect(JSON.stringify(verdict)).not.toMatch(/Maria|a\.pdf|c2VjcmV0c2VjcmV0/)
    expect(JSON.stringify(verdict)).not.toContain('url' in media ? 's3cret' : 'c2VjcmV0c2Vj')
  }
})

it('waits 75 s by default, and as long as the options have it', async () => {
  const { server, evolution } = await talkTo([hang], { timeouts: { sendMs: 300 } })
  const arrived = server.nextRequest()
  const verdict = evolution.send('a1', TEXT)
  await arrived
  expect(await verdict).toMatchObject({ words: 'no answer within 300 ms' })
})

it('throws for media that no call can send', async () => {
  const { server, evolution } = await talkTo([SENT])
  const both = { kind: 'image', url: 'http://h.example/', base64: 'AAAA' } as const
  for (const media of [{ kind: 'image' } as const, both])
    await expect(evolution.send('a1', { number: '5511', media })).rejects.toThrow(TypeError)
  expect(server.seen).toEqual([])
})

it('has a verdict on any answer at all, which shows neither the key nor the message', () => {
  const secrets = [KEY, TEXT.number, TEXT.text]
  const word = fc.constantFrom(...secrets, 'Error: ', 'Connection Closed', 'LICENSE_REQUIRED', 'M1', ' ')
  const words = fc.array(word, { maxLength: 60 }).map((parts) => parts.join(''))
  const leaf = fc.oneof(words, fc.integer(), fc.constant(null), fc.boolean())
  const message = fc.oneof(leaf, fc.array(leaf), fc.array(fc.array(leaf)))
  const status = fc.integer({ min: 100, max: 599 })
  const body = fc.oneof(
    fc.record({ status, response: fc.record({ message }) }),
    fc.record({ status: leaf, response: leaf, code: leaf, key: fc.oneof(leaf, fc.record({ id: leaf })) }),
    leaf,
  )
  fc.assert(
    fc.property(
      status,
      fc.oneof(
        body.map((one) => JSON.stringify(one)),
        words,
      ),
      fc.constantFrom('sendText', 'sendMedia', 'sendWhatsAppAudio' as const),
      (code, text, route) => {
        const call = { route, timeoutMs: 1, secrets, cancelled: false, timedOut: false } as const
        const verdict = judgeSend(call, { kind: 'answer', status: code, text, location: null })
        if (verdict.sent !== 'yes') for (const secret of secrets) expect(verdict.words).not.toContain(secret)
        else expect(code).toBeLessThan(300)
      },
    ),
    { numRuns: 2_000 },
  )
})
