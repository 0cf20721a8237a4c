import type { Instance, Pairing } from '../connection/open-client.ts'

/** A code that can be scanned. */
export type Code = Extract<Pairing, { state: 'qr' }>
/** Why there is none just now. */
export type Waiting = Extract<Pairing, { state: 'not_ready' }>['reason']

/** How a pairing ended. */
export type PairingEnd =
  | { kind: 'connected'; instance: Instance }
  | { kind: 'qr_limit_reached' | 'timed_out' | 'interrupted' }

/** The same for who tells it: a pairing may also be refused on the way, and then whoever began it says why. */
export type PairingLast = PairingEnd | { kind: 'failed' }

/** Who tells a person, or a program, how a pairing goes. Each event comes once. */
export type PairingTeller = {
  /** A fresh code; `expiresAtMs` by this machine's clock. */
  code(code: Code, expiresAtMs: number): void
  waiting(reason: Waiting, retryAfterMs: number): void
  /** The API itself went away, or came back. */
  away(): void
  back(): void
  /** Last call: gives back what was taken. */
  end(how: PairingLast): void
}
