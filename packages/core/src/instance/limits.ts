import { COLUMNS } from './columns.ts'

/**
 * Limits and defaults of what people set of an instance; capacities are in messages, lengths in characters. `packages/client`
 * has the same values for programs that do not import core; `apps/dashboard/test/limits.pure.test.ts` compares the two.
 */
export const INSTANCE_LIMITS = {
  /** `whatsapp_instances.nome` is varchar(50), and so are the columns of preferences. */
  nameMaxLength: 50,
  newNamePattern: '^[A-Za-z0-9_-]{1,50}$',
  /** 15 digits, with blanks and punctuation. */
  phoneMaxLength: 40,
  capacityMax: 1_000_000,
  priorityMin: 1,
  priorityMax: 100,
  pauseReasonMaxLength: 200,
  /** Milliseconds: an hour. */
  minGapMsMax: 3_600_000,
  rampDaysMin: 2,
  rampDaysMax: 365,
  tagMaxLength: 50,
  /** A tag, as `tags.ts` reads it; with the flag `u`. */
  tagPattern: '^(?!\\s)[^\\p{C}\\p{Zl}\\p{Zp},]{1,50}(?<!\\s)$',
  /** Tags of one number. */
  tagsMax: 20,
  /** Spans of opening hours. */
  hoursMax: 28,
  hourlyCapacityDefault: COLUMNS.hourlyCapacity.nullAs,
  dailyCapacityDefault: COLUMNS.dailyCapacity.nullAs,
  priorityDefault: COLUMNS.priority.nullAs,
} as const
