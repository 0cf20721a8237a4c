import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** A stand-in of Telegram's Bot API with one bot and one chat. */
export type Telegram = { url: string; sent: { chatId: string; text: string }[]; calls: string[] }

/** @param answer decides in place of the bot; returns true where it did */
export async function startTelegram(
  bot: { token: string; chatId: string },
  answer: (response: ServerResponse, request: IncomingMessage) => boolean = () => false,
): Promise<Telegram> {
  const telegram: Telegram = { url: '', sent: [], calls: [] }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    telegram.calls.push(String(request.url))
    if (answer(response, request)) return
    const reply = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (request.url !== `/bot${bot.token}/sendMessage`)
      return reply(401, { ok: false, error_code: 401, description: 'Unauthorized' })
    const body = JSON.parse(text)
    if (String(body.chat_id) !== bot.chatId)
      return reply(400, { ok: false, error_code: 400, description: 'Bad Request: chat not found' })
    telegram.sent.push({ chatId: String(body.chat_id), text: body.text })
    reply(200, { ok: true, result: { message_id: telegram.sent.length } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  telegram.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return telegram
}

export type Mail = { from: string; to: string[]; raw: string; user: string | null; isEncrypted: boolean }

export type MailServer = { port: number; mails: Mail[]; logins: string[] }

/** A real SMTP server on loopback. It takes the password `right-password` and refuses recipients that begin with `refused`. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const state: MailServer = { port: 0, mails: [], logins: [] }
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      state.logins.push(auth.username ?? '')
      if (auth.password === 'right-password') return done(null, { user: auth.username ?? '' })
      done(new Error(`Invalid login of ${auth.username} with ${auth.password}`))
    },
    onRcptTo({ address }, _session, done) {
      done(address.startsWith('refused') ? new Error(`No mailbox ${address}`) : null)
    },
    onData(stream, session, done) {
      let raw = ''
      stream.on('data', (chunk: Buffer) => {
        raw += chunk.toString()
      })
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        state.mails.push({
          from: mailFrom === false ? '' : (mailFrom?.address ?? ''),
          to: rcptTo.map(({ address }) => address),
          raw,
          user: typeof session.user === 'string' ? session.user : null,
          isEncrypted: session.secure,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())))
  state.port = (listening.address() as AddressInfo).port
  return state
}

/** A certificate for `localhost` that no client trusts. */
export function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-mail-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      // biome-ignore format: one argument after the other
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2',
        '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:mail.example.com'],
      { stdio: 'ignore' },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
