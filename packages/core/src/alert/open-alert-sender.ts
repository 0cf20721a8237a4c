import { lookup as resolveHost } from 'node:dns'
import { type AddressRule, NO_METADATA, PUBLIC_ONLY } from '../endpoint/guarded-lookup.ts'
import { openPoster } from '../endpoint/open-poster.ts'
import type { Environment } from '../ground/environment.ts'
import { smtpServerOf } from '../ground/smtp-address.ts'
import { type Notice, type Sent, unanswered } from './notice.ts'
import type { RouteTarget } from './route-target.ts'
import { sendEmail } from './send-email.ts'
import { sendSlack } from './send-slack.ts'
import { sendTelegram } from './send-telegram.ts'
import { sendWebhook } from './send-webhook.ts'

const TIMEOUT_MS = 10_000

/**
 * What a process is configured with for sending alerts. The mail server and the Bot API of the environment may have private
 * addresses: the operator chose them.
 */
export type AlertSettings = Pick<
  Environment,
  'smtpUrl' | 'smtpFrom' | 'telegramApiUrl' | 'alertsAllowPrivate'
>

const DEFAULTS: AlertSettings = {
  smtpUrl: null,
  smtpFrom: null,
  telegramApiUrl: 'https://api.telegram.org',
  alertsAllowPrivate: false,
}

/** Sends notices. Opens nothing before the first one. */
export type AlertSender = {
  /** Sends once. Never throws: a failure is an answer. */
  send(target: RouteTarget, notice: Notice, signal?: AbortSignal): Promise<Sent>
  close(): Promise<void>
}

/** @param parts for tests: `lookup` resolves names, `timeoutMs` of a whole attempt, `ca` a certificate that mail servers may have */
export function openAlertSender(
  settings: AlertSettings = DEFAULTS,
  parts: { lookup?: typeof resolveHost; timeoutMs?: number; ca?: string } = {},
): AlertSender {
  const { smtpUrl, smtpFrom: from, telegramApiUrl: apiUrl, alertsAllowPrivate } = settings
  const { lookup = resolveHost, timeoutMs = TIMEOUT_MS, ca } = parts
  const rule: AddressRule = alertsAllowPrivate ? NO_METADATA : PUBLIC_ONLY
  const poster = openPoster(timeoutMs, { rule, lookup })
  const telegram = openPoster(timeoutMs, { rule: NO_METADATA, lookup })
  return {
    async send(target, notice, signal) {
      switch (target.kind) {
        case 'slack':
          return sendSlack(poster, target, notice, signal)
        case 'telegram':
          return sendTelegram(telegram, { apiUrl, ...target }, notice, signal)
        case 'webhook':
          return sendWebhook(poster, target, notice, signal)
        case 'email': {
          const own = target.smtpUrl !== null
          const server = target.smtpUrl ?? smtpUrl
          if (server === null) return unanswered('no mail server: set SMTP_URL, or the smtpUrl of the route')
          const parts = { server: smtpServerOf(server), from, to: target.to, lookup, timeoutMs, ca }
          return sendEmail({ ...parts, rule: own ? rule : null }, notice, signal)
        }
      }
    },
    async close() {
      await Promise.all([poster.close(), telegram.close()])
    },
  }
}
