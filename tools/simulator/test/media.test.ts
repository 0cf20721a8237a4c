import { describe, expect, it } from 'vitest'
import { isBase64, isUrl, sourceFailure } from '../src/media-source.ts'
import { openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const number = '5511977776666'
const PHOTO = { number, mediatype: 'image', media: 'https://photos.example/maria.png', caption: 'olá' }
const VOICE = { number, audio: 'T2dnUw==' }
const SENDS = [
  ['sendText', { number, text: 'olá' }],
  ['sendMedia', PHOTO],
  ['sendWhatsAppAudio', VOICE],
] as const

async function simulatorWithW1() {
  const simulator = await openSimulator()
  simulator.control.addInstance({ name: 'w1' })
  const send = async (route: string, body: object, name = 'w1') => {
    const answer = await simulator.call('POST', `/message/${route}/${name}`, { body })
    return { status: answer.status, body: answer.body, message: answer.body.response?.message }
  }
  return { ...simulator, send }
}

describe('sendMedia and sendWhatsAppAudio', () => {
  it.each([
    ['sendMedia', PHOTO, 'imageMessage', 'image'],
    ['sendMedia', { ...PHOTO, mediatype: 'video' }, 'videoMessage', 'video'],
    [
      'sendMedia',
      { ...PHOTO, mediatype: 'document', media: 'UERG', fileName: 'a.pdf' },
      'documentMessage',
      'document',
    ],
    ['sendMedia', { ...PHOTO, mediatype: 'audio' }, 'audioMessage', 'audio'],
    ['sendWhatsAppAudio', VOICE, 'audioMessage', 'voice'],
  ])(
    '%s answers 201 PENDING with %j, sends the same object to the webhook, and stores it',
    async (route, body, messageType, kind) => {
      const { call, control, send } = await simulatorWithW1()
      const receiver = await openReceiver()
      control.addInstance({ name: 'w2', webhook: { url: receiver.url, events: [] } })
      control.outcomes({ delivery: { afterMs: 5 } })
      const answer = await send(route, body, 'w2')
      expect(answer.status).toBe(201)
      expect(answer.body).toMatchObject({
        key: { remoteJid: `${number}@s.whatsapp.net`, fromMe: true },
        status: 'PENDING',
        messageType,
        contextInfo: { mentionedJid: [] },
      })
      const content = answer.body.message[messageType]
      // Bytes are objects with a field for each, so an answer is large.
      expect(content.mediaKey).toMatchObject({ '0': expect.any(Number), '31': expect.any(Number) })
      if (kind === 'image') expect(JSON.stringify(answer.body).length).toBeGreaterThan(5_000)
      expect([content.caption, content.ptt]).toEqual(
        kind === 'voice' ? [undefined, true] : ['olá', undefined],
      )
      await soon(() => receiver.got.find((one) => one.body.event === 'send.message')?.body.data).toEqual(
        answer.body,
      )
      await soon(() => control.updates('w2')).toMatchObject([
        { id: answer.body.key.id, status: 'DELIVERY_ACK' },
      ])
      const found = await call('POST', '/chat/findMessages/w2', { body: {} })
      expect(found.body.messages.records).toMatchObject([{ messageType, key: { id: answer.body.key.id } }])
      expect(control.sent('w2')).toMatchObject([{ kind, number, text: kind === 'voice' ? '' : 'olá' }])
    },
  )

  it.each([
    ['sendMedia', 'no media', { ...PHOTO, media: undefined }, 400, ['Owned media must be a url or base64']],
    [
      'sendMedia',
      'a data URL',
      { ...PHOTO, media: 'data:image/png;base64,AAAA' },
      400,
      ['Owned media must be a url or base64'],
    ],
    [
      'sendMedia',
      'a document without a name',
      { ...PHOTO, mediatype: 'document', media: 'UERG' },
      400,
      ['For base64 the file name must be informed.'],
    ],
    [
      'sendMedia',
      'no kind',
      { ...PHOTO, mediatype: undefined },
      400,
      [['instance requires property "mediatype"']],
    ],
    [
      'sendMedia',
      'a sticker',
      { ...PHOTO, mediatype: 'sticker' },
      400,
      [[expect.stringContaining('enum values')]],
    ],
    [
      'sendMedia',
      'a URL of port 9',
      { ...PHOTO, media: 'http://127.0.0.1:9/a.png' },
      500,
      ['Error: connect ECONNREFUSED 127.0.0.1:9'],
    ],
    [
      'sendWhatsAppAudio',
      'no audio',
      { number },
      400,
      ['Owned media must be a url, base64, or valid file with buffer'],
    ],
    [
      'sendWhatsAppAudio',
      'a URL of port 9',
      { number, audio: 'http://127.0.0.1:9/a.ogg' },
      500,
      'connect ECONNREFUSED 127.0.0.1:9',
    ],
  ])('%s refuses %s', async (route, _what, body, status, message) => {
    const { control, send } = await simulatorWithW1()
    const answer = await send(route, body)
    expect([answer.status, answer.message]).toEqual([status, message])
    expect(control.sent()).toEqual([])
  })

  it('fail while uploads fail, with 500 or 400 by kind', async () => {
    const { control, send } = await simulatorWithW1()
    control.uploadsFail(true)
    const message = ['Error: Media upload failed on all hosts']
    expect(await send('sendMedia', PHOTO)).toMatchObject({ status: 500, message })
    expect(await send('sendWhatsAppAudio', VOICE)).toMatchObject({ status: 400, message })
    expect((await send('sendText', { number, text: 'olá' })).status).toBe(201)
    control.uploadsFail(false)
    expect((await send('sendMedia', PHOTO)).status).toBe(201)
    expect(control.sent().map((one) => one.kind)).toEqual(['text', 'image'])
  })

  it('fail for a URL that the control made fail, where the status of a voice message is that of the host', async () => {
    const { control, send } = await simulatorWithW1()
    const host = 'https://photos.example/'
    const voice = { number, audio: `${host}a.ogg` }
    control.mediaUrl(host, 404)
    expect(await send('sendMedia', PHOTO)).toMatchObject({
      status: 500,
      message: ['AxiosError: Request failed with status code 404'],
    })
    expect(await send('sendWhatsAppAudio', voice)).toMatchObject({
      status: 404,
      message: 'Request failed with status code 404',
    })
    control.mediaUrl(host, 'unreachable')
    expect((await send('sendMedia', PHOTO)).message).toEqual([
      'Error: connect ECONNREFUSED photos.example:443',
    ])
    expect((await send('sendMedia', { ...PHOTO, media: 'https://other.example/a.png' })).status).toBe(201)
    control.mediaUrl(host, null)
    expect((await send('sendMedia', PHOTO)).status).toBe(201)
    expect(control.sent()).toHaveLength(2)
  })

  it.each(SENDS)('%s has the failures of every send', async (route, body) => {
    const { control, send } = await simulatorWithW1()
    control.addInstance({ name: 'never', state: 'close' })
    control.addInstance({ name: 'absent' })
    control.setMemory('absent', null)
    expect((await send(route, body, 'gone')).status).toBe(404)
    expect((await send(route, body, 'absent')).message).toMatch(
      /^Cannot read properties of undefined \(reading '(text|media|audio)\w+'\)$/,
    )
    expect(String((await send(route, body, 'never')).message)).toMatch(
      /reading '(onWhatsApp|waUploadToServer)'\)$/,
    )
    expect(await send(route, { ...body, number: '5511977770000' })).toMatchObject({
      status: 400,
      message: [{ exists: false }],
    })
    expect((await send(route, { ...body, number: 5511 })).message).toEqual([['Invalid format']])
    control.databaseAway(true)
    expect((await send(route, body)).message).toContain('database error')
    control.databaseAway(false)
    control.unlicensed(true)
    expect((await send(route, body)).body.code).toBe('LICENSE_REQUIRED')
    control.unlicensed(false)
    control.deadConnection('w1', 'closed')
    expect(await send(route, body)).toMatchObject({ status: 500, message: 'Connection Closed' })
    control.deadConnection('w1', null)
    control.fault({ kind: 'html', match: { route: 'message' }, times: 1 })
    expect((await send(route, body)).status).toBe(502)
    expect(control.sent()).toEqual([])
    expect((await send(route, body)).status).toBe(201)
    expect(control.sent()).toHaveLength(1)
  })
})

describe('the recipients', () => {
  it('have one entry for each write, also of a send whose answer was lost, and none of one that was refused', async () => {
    const { call, control, send } = await simulatorWithW1()
    control.addInstance({ name: 'w2' })
    await send('sendText', { number, text: 'um' })
    control.fault({ kind: 'answer_lost', match: { route: 'message' }, times: 1 })
    await expect(send('sendMedia', PHOTO, 'w2')).rejects.toThrow()
    control.fault({ kind: 'status', code: 500, match: { route: 'message' }, times: 1 })
    await send('sendText', { number, text: 'dois' })
    await send('sendWhatsAppAudio', { ...VOICE, number: '5547988887777' })
    const maria = [
      { instance: 'w1', kind: 'text', text: 'um' },
      { instance: 'w2', kind: 'image', text: 'olá' },
    ]
    expect(control.received()).toMatchObject({
      [`${number}@s.whatsapp.net`]: maria,
      '554788887777@s.whatsapp.net': [{ kind: 'voice', text: '' }],
    })
    expect((await call('GET', `/__simulator/received?to=${number}`)).body).toEqual({
      [`${number}@s.whatsapp.net`]: control.received()[`${number}@s.whatsapp.net`],
    })
    // Either form of a Brazilian number is the person.
    expect(Object.keys(control.received('5547988887777'))).toEqual(['554788887777@s.whatsapp.net'])
  })
})

describe('mishaps of sends', () => {
  it('hang before the write, hang after it, or refuse, at their shares, the same ones for a seed', async () => {
    const { call, control } = await simulatorWithW1()
    const shares = { seed: 7, hangBefore: 0.1, hangAfter: 0.1, refused: 0.1 }
    const sendMany = async (): Promise<string[]> => {
      control.sendMishaps(shares)
      const ended: string[] = []
      for (let n = 0; n < 100; n++) {
        const counted = () => Object.values(control.mishapCounts()).reduce((sum, one) => sum + one, 0)
        const body = { number: `55119${10_000_000 + n}`, text: `n${n}` }
        const answer = call('POST', '/message/sendText/w1', { body, timeoutMs: 600_000 }).then(
          ({ status }) => String(status),
          () => 'none',
        )
        // A send that hangs has no answer: its draw ends the wait.
        await soon(counted).toBe(n + 1)
        const { hangBefore, hangAfter } = control.mishapCounts()
        const hung = hangBefore + hangAfter - ended.filter((one) => one === 'hung').length
        ended.push(hung > 0 ? 'hung' : await answer)
      }
      return ended
    }
    const first = await sendMany()
    const counts = control.mishapCounts()
    const of = (word: string) => first.filter((one) => one === word).length
    expect(of('hung')).toBe(counts.hangBefore + counts.hangAfter)
    expect([of('500'), of('201')]).toEqual([counts.refused, counts.none])
    for (const count of [counts.hangBefore, counts.hangAfter, counts.refused]) {
      expect(count).toBeGreaterThan(2)
      expect(count).toBeLessThan(25)
    }
    await soon(() => control.sent().length).toBe(counts.none + counts.hangAfter)
    expect(await sendMany()).toEqual(first)
    expect(control.mishapCounts()).toEqual(counts)
    control.sendMishaps(null)
    expect(control.mishapCounts()).toEqual({ none: 0, hangBefore: 0, hangAfter: 0, refused: 0 })
  })

  it('apply to every kind, and SEND_MESSAGE is sent of a message that was written', async () => {
    const { control, call } = await simulatorWithW1()
    const receiver = await openReceiver()
    control.addInstance({ name: 'w2', webhook: { url: receiver.url, events: [] } })
    control.sendMishaps({ seed: 1, hangAfter: 1 })
    const cancel = SENDS.map(([route, body]) =>
      call('POST', `/message/${route}/w2`, { body, timeoutMs: 300 }).catch(() => 'none'),
    )
    expect(await Promise.all(cancel)).toEqual(['none', 'none', 'none'])
    await soon(() => control.sent('w2').length).toBe(3)
    await soon(() => receiver.got.filter((one) => one.body.event === 'send.message').length).toBe(3)
    control.sendMishaps({ seed: 1, refused: 1 })
    for (const [route, body] of SENDS)
      expect((await call('POST', `/message/${route}/w2`, { body })).body.response.message).toBe(
        'Internal Server Error',
      )
    expect(control.sent('w2')).toHaveLength(3)
  })

  it('are commands over HTTP, with media', async () => {
    const { call, control } = await simulatorWithW1()
    const command = (word: string, body: object) => call('POST', `/__simulator/${word}`, { body })
    await command('send-mishaps', { mishaps: { seed: 1, refused: 1 } })
    await call('POST', '/message/sendText/w1', { body: { number, text: 'x' } })
    expect((await call('GET', '/__simulator/mishap-counts')).body).toMatchObject({ refused: 1 })
    await command('send-mishaps', { mishaps: null })
    await command('uploads-fail', { on: true })
    expect((await call('POST', '/message/sendMedia/w1', { body: PHOTO })).status).toBe(500)
    await command('uploads-fail', { on: false })
    await command('media-url', { start: 'https://photos.example/', failure: 'unreachable' })
    expect((await call('POST', '/message/sendMedia/w1', { body: PHOTO })).status).toBe(500)
    const tooMuch = await command('send-mishaps', { mishaps: { seed: 1, refused: 0.6, hangAfter: 0.5 } })
    expect([tooMuch.status, tooMuch.body.error]).toEqual([400, expect.stringContaining('more than 1')])
    expect(control.sent()).toEqual([])
  })
})

describe('a source of media', () => {
  it.each([
    ['https://photos.example/a.png', true],
    ['http://10.0.0.7/a.png', true],
    ['http://[::1]:9000/a.png', true],
    ['http://localhost/a.png', false],
    ['http://minio:9000/a.png', false],
    ['data:image/png;base64,AAAA', false],
    ['photos.example/a.png', false],
  ])('%s is a URL: %s', (text, expected) => {
    expect(isUrl(text)).toBe(expected)
  })

  it.each([
    ['AAAA', true],
    ['AAA=', true],
    ['AAA', false],
    ['', false],
    ['A-_A', false],
  ])('%j is base64: %s', (text, expected) => {
    expect(isBase64(text)).toBe(expected)
  })

  it('fails by the longest beginning that the control gave', () => {
    const urls = new Map<string, 'unreachable' | number>([
      ['https://a.example/', 404],
      ['https://a.example/down/', 'unreachable'],
    ])
    expect(sourceFailure(urls, 'https://a.example/down/x')).toMatchObject({
      words: 'connect ECONNREFUSED a.example:443',
    })
    expect(sourceFailure(urls, 'https://a.example/x')).toMatchObject({ status: 404 })
    expect(sourceFailure(urls, 'https://b.example/x')).toBeNull()
    expect(sourceFailure(urls, 'AAAA')).toBeNull()
    expect(sourceFailure(urls, 'http://[::1]:9/x')).toMatchObject({ words: 'connect ECONNREFUSED ::1:9' })
  })
})
