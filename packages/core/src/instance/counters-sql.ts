import { DEFAULT_SERVER } from '../server/server-names.ts'
import { COLUMNS } from './columns.ts'
import { PROBE_EVERY_S, PROBE_RESTRICTED_EVERY_S } from './delivery.ts'
import { INSTANCE_LIMITS } from './limits.ts'

const { hourlyCapacity, dailyCapacity, sentThisHour, sentToday, hourWindow, dayWindow, priority } = COLUMNS
const orDefault = ({ column, nullAs }: { column: string; nullAs: number }): string =>
  `coalesce(i.${column}, ${nullAs})`

/**
 * How instance `i` reads at the moment, in SQL: defaults for null, zero for a counter of an older window. `instance.ts` has the
 * same rules in TypeScript; `available.twin.test.ts` and `plain-rows.twin.test.ts` compare the two.
 */
export const HOUR = `greatest(i.${hourWindow.column}, moment.hour_start)`
export const DAY = `greatest(i.${dayWindow.column}, moment.day_start)`
export const SENT_THIS_HOUR = `case when i.${hourWindow.column} >= moment.hour_start then ${orDefault(sentThisHour)} else 0 end`
export const SENT_TODAY = `case when i.${dayWindow.column} >= moment.day_start then ${orDefault(sentToday)} else 0 end`
export const HOURLY_CAPACITY = orDefault(hourlyCapacity)
/** The limit of a ramp lowers that of the day; `least` skips null. What another program wrote there is no limit where it is no number. */
export const DAILY_CAPACITY = `least(${orDefault(dailyCapacity)}, case when jsonb_typeof(i.${COLUMNS.ramp.column} -> 'limitToday') = 'number' then trunc((i.${COLUMNS.ramp.column} ->> 'limitToday')::numeric)::int end)`
export const PRIORITY = orDefault(priority)
export const IS_DUPLICATE = `i.${COLUMNS.duplicateOf.column} is not null`

/** Its messages do not arrive. */
export const IS_FAILING = `coalesce(i.${COLUMNS.deliveryState.column} = 'failing', false)`
/** WhatsApp lets it write only to contacts who have it in a conversation. */
export const IS_RESTRICTED = `(i.${COLUMNS.restrictedSince.column} is not null and coalesce(i.${COLUMNS.restrictedUntil.column} > moment.at, true))`

/** It serves only contacts who know it, because an operator takes it out of service. */
export const IS_DRAINING = `i.${COLUMNS.draining.column}`

const NEW_PER_HOUR = `i.${COLUMNS.newContactsPerHour.column}`
const NEW_PER_DAY = `i.${COLUMNS.newContactsPerDay.column}`
const MIN_GAP_MS = `i.${COLUMNS.minGapMs.column}`
/** The hours of instance `i`; a null of JSON, which some libraries write for none, is null. */
export const HOURS = `nullif(i.${COLUMNS.hours.column}, 'null'::jsonb)`

/** The new contacts of the present windows. */
export const NEW_THIS_HOUR = `case when i.${COLUMNS.newHourWindow.column} >= moment.hour_start then i.${COLUMNS.newContactsThisHour.column} else 0 end`
export const NEW_TODAY = `case when i.${COLUMNS.newDayWindow.column} >= moment.day_start then i.${COLUMNS.newContactsToday.column} else 0 end`

/** What is left of a limit; null without one. */
const roomOf = (limit: string, counted: string): string =>
  `case when ${limit} is not null then greatest(0, ${limit} - ${counted}) end`

/** It has a gap between messages. */
export const HAS_GAP = `(${MIN_GAP_MS} > 0)`

/** It has a gap between messages, or hours. */
export const IS_TIMED = `(${HAS_GAP} or ${HOURS} is not null)`

/** New contacts are counted. */
export const COUNTS_NEW = `(${NEW_PER_HOUR} is not null or ${NEW_PER_DAY} is not null)`

/** The gap between two messages, as an interval. */
export const MIN_GAP = `make_interval(secs => ${MIN_GAP_MS} / 1000.0)`

/** Within its hours; $2 is the time zone. */
export const IS_OPEN = `(${HOURS} is null or zapfleet.is_open(${HOURS}, moment.at, $2::text))`

/** Instance `i` does not serve every contact, or not at every time. */
const IS_LIMITED = `(${IS_DRAINING} or ${COUNTS_NEW} or ${IS_TIMED} or ${IS_RESTRICTED} or ${IS_FAILING})`

/**
 * The limits of instance `i` beside its hourly and daily capacity; null where it has none, which is the usual case and costs least: [is failing, is restricted, is
 * draining, end of the restriction, last probe, since when an inferred restriction holds, limits for new contacts of the hour and of the day, those
 * counted, gap, is closed, hours], instants in milliseconds since the epoch.
 */
export const RESTRAINTS = `case when ${IS_LIMITED} then json_build_array(${IS_FAILING}, ${IS_RESTRICTED}, ${IS_DRAINING},
  case when ${IS_RESTRICTED} then extract(epoch from i.${COLUMNS.restrictedUntil.column}) * 1000 end, extract(epoch from i.${COLUMNS.probedAt.column}) * 1000,
  case when i.${COLUMNS.restrictionSource.column} = 'inferred' and ${IS_RESTRICTED} then extract(epoch from i.${COLUMNS.restrictedSince.column}) * 1000 end,
  ${NEW_PER_HOUR}, ${NEW_PER_DAY}, ${NEW_THIS_HOUR}, ${NEW_TODAY}, ${MIN_GAP_MS}, not ${IS_OPEN}, ${HOURS}) end`

/** The Evolution server of instance `i`, in SQL. */
export const SERVER = `coalesce(i.${COLUMNS.server.column}, '${DEFAULT_SERVER}')`

/** The tags of instance `i`, in SQL. Another program may have written null in them. */
export const TAGS = `array_remove(i.${COLUMNS.tags.column}, null)`

/** The counters of instance `i` as they read at the moment; windows never move back. */
export const COUNTERS = `${HOUR} hour_window, ${DAY} day_window, ${SENT_THIS_HOUR} sent_this_hour, ${SENT_TODAY} sent_today, ${HOURLY_CAPACITY} hourly_capacity, ${DAILY_CAPACITY} daily_capacity`

/** New contacts that instance `i` may still write to in the hour and in the day; null without a limit. */
export const NEW_ROOM = `${roomOf(NEW_PER_HOUR, NEW_THIS_HOUR)} new_room_hour, ${roomOf(NEW_PER_DAY, NEW_TODAY)} new_room_day`

/** Not paused, no other instance serves its phone, and its messages arrive as far as is known. */
export const IS_FREE = `not i.${COLUMNS.paused.column} and i.${COLUMNS.duplicateOf.column} is null and not ${IS_FAILING}`

/** Connected and free: it can send where its windows have room. */
export const CAN_SEND = `i.${COLUMNS.status.column} in ('connected', 'open') and ${IS_FREE}`

/** It can send to any contact now, unless that is a new one. The claims of most reserves test this. */
export const SERVES_ALL = `${CAN_SEND} and not ${IS_RESTRICTED} and not ${IS_DRAINING} and not ${IS_TIMED}`

/** It fails, would serve otherwise, and is due for a probe. */
export const CAN_PROBE = `(i.${COLUMNS.status.column} in ('connected', 'open') and not i.${COLUMNS.paused.column} and i.${COLUMNS.duplicateOf.column} is null
  and ${IS_FAILING} and coalesce(i.${COLUMNS.probedAt.column} <= moment.at - interval '${PROBE_EVERY_S} seconds', true))`

/** Its restriction is inferred, and due for a probe: a message to a new contact. */
export const CAN_PROBE_RESTRICTED = `(i.${COLUMNS.restrictionSource.column} = 'inferred'
  and greatest(i.${COLUMNS.restrictedSince.column}, i.${COLUMNS.probedAt.column}) <= moment.at - interval '${PROBE_RESTRICTED_EVERY_S} seconds')`

/** Whether the fleet has an instance of this name, in SQL: events of others are dropped. */
export const isOurs = (name: string): string =>
  `exists (select from public.whatsapp_instances i where i.${COLUMNS.name.column} = ${name} and i.${COLUMNS.removedAt.column} is null)`

/** Instances that zapfleet manages: named, and with a name that the preference columns can hold. */
export const MANAGED = `i.${COLUMNS.removedAt.column} is null and i.${COLUMNS.name.column} is not null and length(i.${COLUMNS.name.column}) <= ${INSTANCE_LIMITS.nameMaxLength}`
