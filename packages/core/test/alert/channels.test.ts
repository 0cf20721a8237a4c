import type { lookup } from 'node:dns'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { Notice } from '../../src/alert/notice.ts'
import { type AlertSettings, openAlertSender } from '../../src/alert/open-alert-sender.ts'
import { isSigned, startReceiver } from '../endpoint/receiver.ts'
import { makeCertificate, startMailServer, startTelegram } from './receivers.ts'

const TOKEN = '7000000001:AAplanted-bot-token-0123456789abcde'
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const NOTICE: Notice = {
  id: '01920000-0000-7000-8000-000000000001',
  kind: 'opened',
  severity: 'critical',
  at: new Date('2026-11-30T02:00:00Z'),
  title: 'loja & <vendas> *banned*',
  text: 'Since 23:00.\nCustomers <wait> & leave.',
  alerts: [
    {
      id: '01920000-0000-7000-8000-000000000009',
      rule: 'number_banned',
      severity: 'critical',
      subject: 'loja',
      openedAt: '2026-11-30T02:00:00.000Z',
      closedAt: null,
    },
  ],
}
const SETTINGS: AlertSettings = {
  smtpUrl: null,
  smtpFrom: null,
  telegramApiUrl: 'https://api.telegram.org',
  alertsAllowPrivate: true,
}

const resolving = (...addresses: string[]): typeof lookup =>
  ((_host: string, options: { all?: boolean }, callback: (...answer: unknown[]) => void) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    setImmediate(() => (options.all ? callback(null, all) : callback(null, all[0]?.address, all[0]?.family)))
  }) as unknown as typeof lookup

function open(settings: Partial<AlertSettings> = {}, parts: Parameters<typeof openAlertSender>[1] = {}) {
  const sender = openAlertSender({ ...SETTINGS, ...settings }, parts)
  onTestFinished(() => sender.close())
  return sender
}

const failed = (error: unknown, more: object = {}) => ({
  ok: false,
  error,
  retryAfterS: null,
  thisNoticeOnly: false,
  ...more,
})

it('posts to Slack the title in bold and the text, with its three characters escaped', async () => {
  const receiver = await startReceiver((_event, response) => void response.writeHead(200).end('ok'))
  expect(await open().send({ kind: 'slack', webhookUrl: receiver.url }, NOTICE)).toEqual({
    ok: true,
    error: null,
  })
  expect(receiver.received.map(({ body }) => body)).toEqual([
    {
      text: '*🔴 loja &amp; &lt;vendas&gt; ∗banned∗*\nSince 23:00.\nCustomers &lt;wait&gt; &amp; leave.',
      unfurl_links: false,
      unfurl_media: false,
    },
  ])
})

it("names Slack's word and what to do, and repeats nothing else of its answer", async () => {
  const answers = [
    [404, 'no_service', failed('HTTP 404: no_service; create a new incoming webhook and set its URL')],
    [400, 'invalid_payload', failed('HTTP 400: invalid_payload', { thisNoticeOnly: true })],
    [500, 'the URL was /services/T0/B0/planted', failed('HTTP 500')],
    [302, '', failed('HTTP 302: redirects are not followed')],
  ] as const
  for (const [status, text, sent] of answers) {
    const receiver = await startReceiver(
      (_event, response) => void response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(text),
    )
    expect(await open().send({ kind: 'slack', webhookUrl: receiver.url }, NOTICE)).toEqual(sent)
  }
})

it('sends to a Telegram chat, with a bold title and without an escape', async () => {
  const telegram = await startTelegram({ token: TOKEN, chatId: '-1001' })
  const sender = open({ telegramApiUrl: `${telegram.url}/` })
  const sent = await sender.send({ kind: 'telegram', botToken: TOKEN, chatId: '-1001' }, NOTICE)
  expect(sent).toEqual({ ok: true, error: null })
  expect(telegram.sent).toEqual([{ chatId: '-1001', text: `🔴 ${NOTICE.title}\n${NOTICE.text}` }])
})

it('distinguishes a wrong token, a wrong chat and a full Telegram, without the token', async () => {
  const telegram = await startTelegram({ token: TOKEN, chatId: '-1001' })
  const sender = open({ telegramApiUrl: telegram.url })
  const wrong = await sender.send({ kind: 'telegram', botToken: '7:planted-wrong', chatId: '-1001' }, NOTICE)
  expect(wrong).toEqual(
    failed('HTTP 401: Unauthorized; the token is not that of a bot: set the one that BotFather shows'),
  )
  const lost = await sender.send({ kind: 'telegram', botToken: TOKEN, chatId: '5' }, NOTICE)
  expect(lost).toEqual(failed('HTTP 400: Bad Request: chat not found', { thisNoticeOnly: true }))

  const full = await startTelegram({ token: TOKEN, chatId: '-1001' }, (response) => {
    const parameters = { retry_after: 31 }
    response
      .writeHead(429)
      .end(JSON.stringify({ ok: false, description: `Too Many Requests ${TOKEN}`, parameters }))
    return true
  })
  const later = await open({ telegramApiUrl: full.url }).send(
    { kind: 'telegram', botToken: TOKEN, chatId: '-1001' },
    NOTICE,
  )
  expect(later).toEqual(failed('HTTP 429: Too Many Requests ***', { retryAfterS: 31 }))
})

it('takes no answer of another program for one of Telegram', async () => {
  const portal = await startTelegram({ token: TOKEN, chatId: '-1001' }, (response) => {
    response.writeHead(200).end('<html>Sign in to the network</html>')
    return true
  })
  const sent = await open({ telegramApiUrl: portal.url }).send(
    { kind: 'telegram', botToken: TOKEN, chatId: '-1001' },
    NOTICE,
  )
  expect(sent).toEqual(failed("HTTP 200, but the answer is none of Telegram's Bot API"))
})

it('posts to a webhook what a receiver verifies, with the id of the notice', async () => {
  const receiver = await startReceiver()
  const target = { kind: 'webhook', url: `${receiver.url}?a=1`, secret: SECRET } as const
  expect(await open().send(target, NOTICE)).toEqual({ ok: true, error: null })
  const [event] = receiver.received
  if (event === undefined) throw new Error('nothing was received')
  expect(event.id).toBe(NOTICE.id)
  expect(isSigned(SECRET, event)).toBe(true)
  expect(event.body).toEqual({
    type: 'alert.opened',
    timestamp: '2026-11-30T02:00:00.000Z',
    data: { severity: 'critical', title: NOTICE.title, text: NOTICE.text, alerts: NOTICE.alerts },
  })
})

it('sends an e-mail whose message id is that of the notice', async () => {
  const server = await startMailServer(makeCertificate())
  const smtpUrl = `smtp://localhost:${server.port}`
  const sender = open({ smtpFrom: 'Zapfleet <alerts@example.com>' }, { ca: makeCertificate().cert })
  const plain = await startMailServer({ hideSTARTTLS: true })
  const target = { kind: 'email', to: ['ops@example.com', 'boss@example.com'] } as const
  const sent = await sender.send(
    { ...target, to: [...target.to], smtpUrl: `smtp://127.0.0.1:${plain.port}` },
    NOTICE,
  )
  expect(sent).toEqual({ ok: true, error: null })
  const [mail] = plain.mails
  expect(mail).toMatchObject({
    from: 'alerts@example.com',
    to: ['ops@example.com', 'boss@example.com'],
    isEncrypted: false,
  })
  expect(mail?.raw).toContain('Subject: =?UTF-8?Q?=F0=9F=94=B4_loja_=26_=3Cvendas=3E_*bann?=')
  expect(mail?.raw).toContain(`Message-ID: <${NOTICE.id}@example.com>`)
  expect(mail?.raw).toContain('Auto-Submitted: auto-generated')
  expect(mail?.raw).toContain('Customers <wait> & leave.')
  // Where TLS is offered it is used, and a certificate that nothing trusts is refused.
  expect(await sender.send({ ...target, to: [...target.to], smtpUrl }, NOTICE)).toEqual(
    failed('no answer: DEPTH_ZERO_SELF_SIGNED_CERT'),
  )
  expect(server.mails).toEqual([])
})

it('signs in over TLS only, from the first byte or by STARTTLS, and keeps the password out of errors', async () => {
  const certificate = makeCertificate()
  const parts = { ca: certificate.cert, lookup: resolving('127.0.0.1') }
  const to = ['ops@example.com']
  const sender = open({}, parts)
  const starttls = await startMailServer(certificate)
  const implicit = await startMailServer({ ...certificate, secure: true })
  const readable = await startMailServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  const at = (scheme: string, login: string, { port }: { port: number }) =>
    sender.send({ kind: 'email', to, smtpUrl: `${scheme}://${login}@mail.example.com:${port}` }, NOTICE)
  expect(await at('smtp', 'bot%40example.com:right-password', starttls)).toEqual({ ok: true, error: null })
  expect(await at('smtps', 'bot%40example.com:right-password', implicit)).toEqual({ ok: true, error: null })
  for (const { mails } of [starttls, implicit])
    expect(mails).toMatchObject([{ from: 'bot@example.com', user: 'bot@example.com', isEncrypted: true }])
  expect(await at('smtps', 'bot:planted-password', implicit)).toEqual(
    failed('the mail server refused the user name or the password (SMTP 535)'),
  )
  expect(await at('smtp', 'bot:right-password', readable)).toEqual(
    failed(expect.stringContaining('offers no STARTTLS')),
  )
  expect([readable.logins, readable.mails]).toEqual([[], []])
})

it('reports recipients that the server refuses without naming them', async () => {
  const server = await startMailServer({ hideSTARTTLS: true })
  const smtpUrl = `smtp://127.0.0.1:${server.port}`
  const send = (...to: string[]) => open({ smtpUrl }).send({ kind: 'email', to, smtpUrl: null }, NOTICE)
  expect(await send('ops@example.com', 'refused@example.com')).toEqual({
    ok: true,
    error: 'the server refused 1 of 2 recipients',
  })
  expect(await send('refused@example.com')).toEqual(
    failed(expect.stringMatching(/^the mail server refused the sender or all recipients \(SMTP 5\d\d\)$/)),
  )
  expect(server.mails.map(({ to }) => to)).toEqual([['ops@example.com']])
  expect(await open().send({ kind: 'email', to: ['ops@example.com'], smtpUrl: null }, NOTICE)).toEqual(
    failed('no mail server: set SMTP_URL, or the smtpUrl of the route'),
  )
})

it.each(['10.0.0.5', '127.0.0.1', '192.168.1.1 93.184.215.14', '::1', 'fd12::1', '64:ff9b::a00:5'])(
  'sends nothing to a name that resolves to %s, unless private addresses are allowed',
  async (addresses) => {
    const mailServer = await startMailServer({ hideSTARTTLS: true })
    const receiver = await startReceiver()
    const sender = open({ alertsAllowPrivate: false }, { lookup: resolving(...addresses.split(' ')) })
    const url = `http://internal.example.com:${receiver.port}/hook`
    const smtpUrl = `smtp://internal.example.com:${mailServer.port}`
    const refused = failed(
      'internal.example.com is a private address, to which alerts are sent only with ALERTS_ALLOW_PRIVATE=true',
    )
    expect(await sender.send({ kind: 'slack', webhookUrl: url }, NOTICE)).toEqual(refused)
    expect(await sender.send({ kind: 'webhook', url, secret: SECRET }, NOTICE)).toEqual(refused)
    expect(await sender.send({ kind: 'email', to: ['a@example.com'], smtpUrl }, NOTICE)).toEqual(refused)
    expect([receiver.received, mailServer.mails]).toEqual([[], []])
  },
)

it('sends nothing to a private address in a URL, and to the metadata of a cloud never', async () => {
  const careful = open({ alertsAllowPrivate: false })
  for (const host of ['127.0.0.1', '10.1.2.3', '[::1]', '[::ffff:10.0.0.1]', '0x7f.1'])
    expect(await careful.send({ kind: 'slack', webhookUrl: `http://${host}:9/` }, NOTICE)).toMatchObject({
      error: expect.stringContaining('is a private address'),
    })
  const smtpUrl = 'smtp://127.0.0.1:9'
  expect(await careful.send({ kind: 'email', to: ['a@example.com'], smtpUrl }, NOTICE)).toMatchObject({
    error: expect.stringContaining('127.0.0.1 is a private address'),
  })
  expect(await open().send({ kind: 'slack', webhookUrl: 'http://169.254.169.254/' }, NOTICE)).toMatchObject({
    error: expect.stringContaining("a cloud's metadata"),
  })
})

it('uses the mail server of the environment at a private address', async () => {
  const server = await startMailServer({ hideSTARTTLS: true })
  const sender = open({ alertsAllowPrivate: false, smtpUrl: `smtp://127.0.0.1:${server.port}` })
  const sent = await sender.send({ kind: 'email', to: ['ops@example.com'], smtpUrl: null }, NOTICE)
  expect(sent).toEqual({ ok: true, error: null })
  expect(server.mails).toHaveLength(1)
})

it('gives up a receiver that does not answer, of each kind', async () => {
  const silent = createServer(() => {})
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as AddressInfo
  const sender = open({ telegramApiUrl: `http://127.0.0.1:${port}` }, { timeoutMs: 300 })
  const late = failed('no answer within 0.3 s')
  const url = `http://127.0.0.1:${port}/`
  expect(await sender.send({ kind: 'slack', webhookUrl: url }, NOTICE)).toEqual(late)
  expect(await sender.send({ kind: 'webhook', url, secret: SECRET }, NOTICE)).toEqual(late)
  expect(await sender.send({ kind: 'telegram', botToken: TOKEN, chatId: '1' }, NOTICE)).toEqual(late)
  const smtpUrl = `smtp://127.0.0.1:${port}`
  expect(await sender.send({ kind: 'email', to: ['a@example.com'], smtpUrl }, NOTICE)).toEqual(late)
})

it('names the code of a receiver that is down or whose certificate is not trusted', async () => {
  const sender = open()
  const down = await startReceiver()
  await down.close()
  expect(await sender.send({ kind: 'slack', webhookUrl: down.url }, NOTICE)).toEqual(
    failed('no answer: ECONNREFUSED'),
  )
  const smtpUrl = `smtp://127.0.0.1:${down.port}`
  expect(await sender.send({ kind: 'email', to: ['a@example.com'], smtpUrl }, NOTICE)).toEqual(
    failed('no answer: ECONNREFUSED'),
  )
  const tls = await startMailServer({ ...makeCertificate(), secure: true })
  const url = `https://127.0.0.1:${tls.port}/`
  expect(await sender.send({ kind: 'slack', webhookUrl: url }, NOTICE)).toEqual(
    failed('no answer: DEPTH_ZERO_SELF_SIGNED_CERT'),
  )
})
