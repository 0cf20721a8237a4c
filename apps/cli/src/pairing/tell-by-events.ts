import type { Session } from '../session.ts'
import type { PairingTeller } from './pairing-teller.ts'

/** Tells a program: one JSON value a line on stdout for each event. README.md lists them. */
export function tellByEvents({ world }: Pick<Session, 'world'>): PairingTeller {
  const tell = (event: string, fields: object) =>
    void world.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
  return {
    code: (pairing) => tell('pairing', { pairing }),
    waiting: (reason, retryAfterMs) =>
      tell('pairing', { pairing: { state: 'not_ready', reason, retryAfterMs } }),
    away: () => tell('away', {}),
    back: () => tell('back', {}),
    end: (how) =>
      how.kind === 'connected'
        ? tell('connected', { instance: how.instance })
        : tell('ended', { reason: how.kind }),
  }
}
