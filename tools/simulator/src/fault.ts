/** The requests that a fault applies to; an absent field matches all. */
export type FaultMatch = {
  /** HTTP method, any case. */
  method?: string
  /** Start of the path with or without its first slash: `instance/connectionState`, `/message`. */
  route?: string
  /** The instance in the path, or in the body of a create. */
  name?: string
}

/** The kinds of faults. Those of the first group never reach Evolution; those of the second happen after it acted. */
export type FaultKind =
  /** The request is accepted and never answered. */
  | { kind: 'hang' }
  /** The connection is reset. */
  | { kind: 'reset' }
  /** The connection is closed without a byte. */
  | { kind: 'down' }
  /** Another status, with your own body or Evolution's envelope. */
  | { kind: 'status'; code: number; body?: unknown }
  /** A proxy's HTML page, 502 by default. */
  | { kind: 'html'; code?: number }
  /** The answer is late and correct. */
  | { kind: 'delay'; ms: number }
  /** Valid JSON of a wrong shape, 200. */
  | { kind: 'malformed'; body?: unknown }
  /** Evolution acts; the JSON text ends in the middle. */
  | { kind: 'truncated' }
  /** Evolution acts; the connection breaks in the middle of the body. */
  | { kind: 'cut_body' }
  /** Evolution acts; the second half of the body follows `ms` later. */
  | { kind: 'slow_body'; ms: number }
  /** Evolution acts; the connection is reset instead of the answer. */
  | { kind: 'answer_lost' }
  /** Answers of connectionState, fetchInstances and create in the shapes of version 1 (`flat`: 1.4.0 and older). */
  | { kind: 'v1'; flat?: boolean }

/** A fault: its kind, its requests, and how often it applies (`times`; default: without end). */
export type Fault = FaultKind & { match?: FaultMatch; times?: number }

/** Whether a fault applies to a request. `path` is without its query. */
export function faultMeets(match: FaultMatch, method: string, path: string, name: string | null): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false
  if (match.route !== undefined && !path.startsWith(`/${match.route.replace(/^\//, '')}`)) return false
  return match.name === undefined || match.name === name
}

/** Whether a fault changes the answer after Evolution acted, instead of replacing the call. */
export const isAfterTheAct = (fault: FaultKind) =>
  ['truncated', 'cut_body', 'slow_body', 'answer_lost', 'v1'].includes(fault.kind)
