/** Limits and defaults of the settings of a number; capacities are in messages, lengths in characters. */
export const INSTANCE_LIMITS = {
  nameMaxLength: 50,
  newNamePattern: '^[A-Za-z0-9_-]{1,50}$',
  phoneMaxLength: 40,
  capacityMax: 1_000_000,
  priorityMin: 1,
  priorityMax: 100,
  pauseReasonMaxLength: 200,
  hourlyCapacityDefault: 20,
  dailyCapacityDefault: 100,
  priorityDefault: 1,
} as const
