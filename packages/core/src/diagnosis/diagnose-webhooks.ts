import type { Evolution } from '@zapfleet/evolution'
import pLimit from 'p-limit'
import { fleetWebhook, webhookOwner } from '../webhook/webhook.ts'

/** The owner of each instance's webhook on Evolution: names, each list in the order of the input. */
export type WebhooksDiagnosis = {
  ours: string[]
  /** Ours, with an address that PUBLIC_URL does not name any more. */
  moved: string[]
  another: string[]
  none: string[]
  /** Evolution did not return it. */
  unread: string[]
}

const AT_A_TIME = 20

/** Reads the webhook of each instance from Evolution; changes nothing and never throws. */
export async function diagnoseWebhooks(
  evolution: Pick<Evolution, 'findWebhook'>,
  input: {
    publicUrl: string
    secret: string | null
    server: string
    names: readonly string[]
    timeoutMs?: number
  },
): Promise<WebhooksDiagnosis> {
  const { publicUrl, secret, server, names, timeoutMs = 5_000 } = input
  // Without a secret only the address can identify a webhook of ours.
  const ours = fleetWebhook(publicUrl.replace(/\/+$/, ''), secret ?? '', server)
  const diagnosis: WebhooksDiagnosis = { ours: [], moved: [], another: [], none: [], unread: [] }
  const limit = pLimit(AT_A_TIME)
  const kinds = await Promise.all(
    names.map((name) =>
      limit(async (): Promise<keyof WebhooksDiagnosis> => {
        try {
          const found = await evolution.findWebhook(name, { timeoutMs })
          const owner = webhookOwner(found, ours)
          if (owner !== 'us') return owner
          return found?.url === ours.url ? 'ours' : 'moved'
        } catch {
          return 'unread'
        }
      }),
    ),
  )
  names.forEach((name, index) => {
    const kind = kinds[index]
    if (kind !== undefined) diagnosis[kind].push(name)
  })
  return diagnosis
}
