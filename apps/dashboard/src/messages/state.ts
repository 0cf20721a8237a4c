import type { Message } from '../api/open-client.ts'
import type { IconName } from '../design/icon.tsx'

export type MessageState = Message['state']

/** How a state is shown beside its word, and how often the page reads a message in it again, in ms; null: it has ended. */
type Shown = { tone: 'good' | 'warn' | 'bad' | 'idle'; icon: IconName; readEveryMs: number | null }

export const STATES = {
  queued: { tone: 'idle', icon: 'clock', readEveryMs: 1_500 },
  sending: { tone: 'warn', icon: 'connecting', readEveryMs: 1_500 },
  sent: { tone: 'good', icon: 'check', readEveryMs: 3_000 },
  delivered: { tone: 'good', icon: 'read', readEveryMs: 3_000 },
  read: { tone: 'good', icon: 'read', readEveryMs: null },
  // WhatsApp may report a delivery later.
  failed: { tone: 'bad', icon: 'warn', readEveryMs: 15_000 },
  expired: { tone: 'bad', icon: 'disconnected', readEveryMs: null },
  canceled: { tone: 'idle', icon: 'close', readEveryMs: null },
  unknown: { tone: 'warn', icon: 'unknown', readEveryMs: 15_000 },
} as const satisfies Record<MessageState, Shown>

export const MESSAGE_STATES = Object.keys(STATES) as MessageState[]
