import { judgeAttempt } from '../endpoint/next-attempt.ts'
import type { Poster } from '../endpoint/open-poster.ts'
import { postSigned } from '../endpoint/open-webhook-sender.ts'
import { webhookBody } from '../endpoint/webhook-body.ts'
import { failedBy, type Notice, type Sent, unanswered } from './notice.ts'

/** The body of an alert for programs, in the form of Standard Webhooks: the alerts, and the text for people. */
function alertBody({ kind, severity, at, title, text, alerts }: Notice): string {
  return webhookBody(`alert.${kind}`, at, { severity, title, text, alerts })
}

/** Posts a notice, signed. Its id is the `webhook-id`. Never throws. */
export async function sendWebhook(
  poster: Poster,
  target: { url: string; secret: string },
  notice: Notice,
  signal?: AbortSignal,
): Promise<Sent> {
  const attempt = await postSigned(poster, target, { id: notice.id, body: alertBody(notice) }, signal)
  if (attempt.status === null) return unanswered(attempt.error)
  const verdict = judgeAttempt(attempt)
  return verdict.kind === 'accepted'
    ? { ok: true, error: null }
    : failedBy(attempt.status, '', attempt.retryAfterS)
}
