import type { NewRoute, RouteAddress, RouteKind } from './alert-route.ts'

/** The whole address of a route, with its secrets. */
export type RouteTarget =
  | { kind: 'slack'; webhookUrl: string }
  | { kind: 'telegram'; botToken: string; chatId: string }
  | { kind: 'webhook'; url: string; secret: string }
  | { kind: 'email'; to: string[]; smtpUrl: string | null }

/** The part of an address that a row stores sealed, as JSON. Null: nothing of it is secret. */
export function secretPart(target: RouteTarget): string | null {
  switch (target.kind) {
    case 'slack':
      return JSON.stringify({ webhookUrl: target.webhookUrl })
    case 'telegram':
      return JSON.stringify({ botToken: target.botToken })
    case 'webhook':
      return JSON.stringify({ url: target.url, secret: target.secret })
    case 'email':
      return target.smtpUrl === null ? null : JSON.stringify({ smtpUrl: target.smtpUrl })
  }
}

/** The part that may be shown. */
export function publicPart(target: RouteTarget): Partial<RouteAddress> {
  switch (target.kind) {
    case 'slack':
      return { host: new URL(target.webhookUrl).host }
    case 'telegram':
      return { chatId: target.chatId }
    case 'webhook':
      return { host: new URL(target.url).host }
    case 'email':
      return { to: target.to, host: target.smtpUrl === null ? null : new URL(target.smtpUrl).host }
  }
}

/** The address from both parts. */
export function targetOf(kind: RouteKind, shown: Partial<RouteAddress>, secrets: Secrets): RouteTarget {
  switch (kind) {
    case 'slack':
      return { kind, webhookUrl: secrets.webhookUrl ?? '' }
    case 'telegram':
      return { kind, botToken: secrets.botToken ?? '', chatId: shown.chatId ?? '' }
    case 'webhook':
      return { kind, url: secrets.url ?? '', secret: secrets.secret ?? '' }
    case 'email':
      return { kind, to: shown.to ?? [], smtpUrl: secrets.smtpUrl ?? null }
  }
}

/** The secrets of an address by name; a kind has some of them. */
export type Secrets = Partial<Record<'webhookUrl' | 'botToken' | 'url' | 'secret', string>> & {
  smtpUrl?: string | null
}

/** The address of a new route. @param newSecret signs what a webhook gets whose caller gave none */
export function newTarget(route: NewRoute, newSecret: () => string): RouteTarget {
  switch (route.kind) {
    case 'slack':
      return { kind: 'slack', webhookUrl: new URL(route.webhookUrl).href }
    case 'telegram':
      return { kind: 'telegram', botToken: route.botToken, chatId: route.chatId }
    case 'webhook':
      return { kind: 'webhook', url: new URL(route.url).href, secret: route.secret ?? newSecret() }
    case 'email':
      return { kind: 'email', to: route.to, smtpUrl: route.smtpUrl ?? null }
  }
}
