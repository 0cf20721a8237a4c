import type { Instance, Pairing } from '../connection/open-client.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import type { Paint } from '../terminal/paint.ts'
import { type QrInk, qrLines } from '../terminal/qr.ts'
import { notReadyWords } from '../words.ts'

/** A code that can be scanned. */
export type Code = Extract<Pairing, { state: 'qr' }>
/** Why there is no code at present. */
export type Waiting = Extract<Pairing, { state: 'not_ready' }>['reason']

/** How a pairing ended. */
export type PairingEnd =
  | { kind: 'connected'; instance: Instance }
  | { kind: 'qr_limit_reached' | 'timed_out' | 'interrupted' }

/** The same for a reporter: the API may also refuse a pairing, and then the caller reports the error. */
export type PairingLast = PairingEnd | { kind: 'failed' }

/** Reports a pairing to a person or a program. Each event comes once. */
export type PairingReporter = {
  /** A fresh code; `expiresAtMs` by the clock of this machine. */
  code(code: Code, expiresAtMs: number): void
  waiting(reason: Waiting, retryAfterMs: number): void
  /** The API stopped answering, or answers again. */
  away(): void
  back(): void
  /** The last call: releases the terminal and files. */
  end(how: PairingLast): void
}

/** What to do on the phone. */
export function phoneSteps(): string {
  return t`On the phone: WhatsApp > Settings > Linked devices > Link a device.`
}

/** The code to type instead of scanning, as WhatsApp shows it: two groups of four. */
export function pairingCodeWords(code: string): string {
  const grouped = code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code
  return t`Or "Link with phone number instead", and type ${grouped}`
}

/** How to draw codes: in colours where they are on, else in those of the terminal, which is dark by default. */
export function inkFor(paint: Paint, isLightTerminal: boolean): QrInk {
  if (paint.enabled) return 'painted'
  return isLightTerminal ? 'dark-on-light' : 'light-on-dark'
}

/** Reports to a program: one JSON value a line on stdout for each event. README.md lists them. */
export function reportByEvents({ world }: Pick<Session, 'world'>): PairingReporter {
  const write = (event: string, fields: object) =>
    void world.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
  return {
    code: (pairing) => write('pairing', { pairing }),
    waiting: (reason, retryAfterMs) =>
      write('pairing', { pairing: { state: 'not_ready', reason, retryAfterMs } }),
    away: () => write('away', {}),
    back: () => write('back', {}),
    end: (how) =>
      how.kind === 'connected'
        ? write('connected', { instance: how.instance })
        : write('ended', { reason: how.kind }),
  }
}

/** Reports to a log or a pipe: a line for each change, and the code drawn in characters. */
export function reportByLines(session: Session, name: string, options: { qrDark: boolean }): PairingReporter {
  const { say } = session
  return {
    code(code, expiresAtMs) {
      const left = Math.max(0, Math.round((expiresAtMs - session.world.now()) / 1000))
      say(t`Code ${code.count} for ${name}, good for ${left} s. ${phoneSteps()}`)
      if (code.pairingCode !== null) say(pairingCodeWords(code.pairingCode))
      if (code.code !== null)
        for (const line of qrLines(code.code, inkFor(session.paintTalk, options.qrDark))) say(line)
    },
    waiting(reason) {
      // The pairing ends with it, and the caller reports the end.
      if (reason !== 'qr_limit_reached') say(notReadyWords(reason))
    },
    away: () => say(t`The API does not answer; trying again.`),
    back: () => say(t`The API is back.`),
    end: () => {},
  }
}
