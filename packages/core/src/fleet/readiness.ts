/** Whether a process can serve, and why not, for the person who runs it. */
export type Readiness = { ready: true } | { ready: false; reason: string }
