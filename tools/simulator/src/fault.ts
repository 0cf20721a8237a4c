/** Which requests a fault meets; what is left out matches all. */
export type FaultMatch = {
  /** HTTP method, any case. */
  method?: string
  /** Start of the path with or without its first slash: `instance/connectionState`, `/message`. */
  route?: string
  /** The instance named in the path, or in the body of a create. */
  name?: string
}

/** What goes wrong. The first group never reaches Evolution; the second happens after it acted. */
export type FaultKind =
  /** The request is taken and never answered. */
  | { kind: 'hang' }
  /** The connection is reset. */
  | { kind: 'reset' }
  /** The connection is closed without a byte. */
  | { kind: 'down' }
  /** Another status, with a body of your own or Evolution's envelope. */
  | { kind: 'status'; code: number; body?: unknown }
  /** A proxy's HTML page, 502 unless said. */
  | { kind: 'html'; code?: number }
  /** The answer is late; then all is well. */
  | { kind: 'delay'; ms: number }
  /** Valid JSON of a wrong shape, 200. */
  | { kind: 'malformed'; body?: unknown }
  /** Evolution acts; the JSON text ends in the middle. */
  | { kind: 'truncated' }
  /** Evolution acts; the connection breaks in the middle of the body. */
  | { kind: 'cut_body' }
  /** Evolution acts; the second half of the body comes `ms` later. */
  | { kind: 'slow_body'; ms: number }
  /** Evolution acts; the connection is reset instead of the answer. */
  | { kind: 'answer_lost' }
  /** Answers of connectionState, fetchInstances and create in the shapes of version 1 (`flat`: 1.4.0 and older). */
  | { kind: 'v1'; flat?: boolean }

/** A fault: what goes wrong, for which requests, how often (`times`, without end by default). */
export type Fault = FaultKind & { match?: FaultMatch; times?: number }

/** Whether a fault meets a request. `path` without its query. */
export function faultMeets(match: FaultMatch, method: string, path: string, name: string | null): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false
  if (match.route !== undefined && !path.startsWith(`/${match.route.replace(/^\//, '')}`)) return false
  return match.name === undefined || match.name === name
}

/** Whether a fault changes the answer after Evolution acted, rather than standing before it. */
export const isAfterTheAct = (fault: FaultKind) =>
  ['truncated', 'cut_body', 'slow_body', 'answer_lost', 'v1'].includes(fault.kind)
