import type { Instance } from '../src/api/open-client.ts'

/** A connected number without a next step, and the fields that a test sets. */
export function anInstance(more: Partial<Instance> = {}): Instance {
  return {
    name: 'vendas-01',
    phoneNumber: null,
    status: 'connected',
    statusReason: null,
    statusSince: '2026-11-25T12:00:00.000Z',
    checkedAt: null,
    action: null,
    nextStep: null,
    paused: false,
    pauseReason: null,
    hourlyCapacity: 20,
    dailyCapacity: 100,
    sentThisHour: 0,
    sentToday: 0,
    priority: 1,
    lastSentAt: null,
    duplicateOf: null,
    available: true,
    unavailableReason: null,
    loadPercent: 0,
    createdAt: '2026-11-20T12:00:00.000Z',
    ...more,
  }
}
