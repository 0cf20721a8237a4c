/** An act of an admin, as it is about to happen. Nothing in it is secret. */
export type Act = {
  requestId: string
  /** The public id and the label of the key that acts. */
  key: { id: string; label: string }
  /** The address of the call, masked. */
  address: string
  /** What, by the name of its procedure: `instance.delete`. */
  act: string
  /** The object of the act: an instance's name, a key's id, a masked contact; null: the fleet as a whole, or not known yet. */
  target: string | null
  /** What stood there right before; null: nothing. */
  before: object | null
}

/** How an act ended. */
export type ActEnd = {
  /** `done`, or the code of the error it ended in. */
  outcome: string
  /** Given where the act itself made what it was done on. */
  target?: string | undefined
  /** The object right after the act; null: nothing. */
  after: object | null
  tookMs: number
}

/** An act that was written down. Instants are ISO 8601 in UTC. */
export type AuditEntry = Omit<Act, 'before'> & {
  id: string
  at: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  /** Null while it runs, and for good where its end was not recorded: then it may have happened or not. */
  outcome: string | null
  tookMs: number | null
}
