import type { Observation } from './health-state.ts'

/** The source of evidence. */
export type Source = 'poll' | 'webhook' | 'check' | 'admin'

/**
 * An observation as the history stores it: small, and without key, token or phone number.
 *
 * `state` is Evolution's live state, `inDatabase` the state in its database, `code` and `endedAt` why and when the session
 * ended there; `answer` what was received instead of a state.
 */
export type Evidence = {
  source: Source
  state?: string | null
  blinked?: true
  /** Over some seconds of readings: how often it opened, and began to connect. */
  opens?: number
  attempts?: number
  inDatabase?: string
  code?: number
  endedAt?: string
  answer?: 'unreachable' | 'unlicensed' | 'wrong_key' | 'not_understood' | 'not_found'
  act?: string
}

/** Writes an observation down. */
export function evidenceOf(source: Source, observed: Observation): Evidence {
  if (observed.kind === 'act') return { source, act: observed.act }
  if (observed.kind === 'silent') return { source, answer: observed.why }
  if (observed.kind === 'missing') return { source, answer: 'not_found' }
  if (observed.kind === 'unclear') return { source, state: observed.word }
  const watched = observed.watched ?? {}
  if (observed.state === 'open')
    return { source, state: observed.state, ...(observed.blinked ? { blinked: true } : {}), ...watched }
  const { connectionStatus, disconnection } = observed.record ?? {
    connectionStatus: null,
    disconnection: null,
  }
  // Evolution keeps the reason of an earlier session: with a database that reads open it has no meaning.
  const end = connectionStatus === 'close' ? disconnection : null
  return {
    source,
    state: observed.state,
    ...watched,
    ...(connectionStatus === null ? {} : { inDatabase: connectionStatus }),
    ...(end === null ? {} : { code: end.code }),
    ...(end?.at ? { endedAt: end.at } : {}),
  }
}
