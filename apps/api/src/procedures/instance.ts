import { tracked } from '@trpc/server'
import {
  chooseInstance,
  createInstance,
  createInstanceInput,
  deleteInstance,
  explain,
  type FleetEvent,
  followPairing,
  getInstanceInPools,
  importInstances,
  instanceHistory,
  instanceSchema,
  limitInstance,
  listInstances,
  logoutInstance,
  moveInstance,
  namesInPools,
  pairInstance,
  readActivity,
  recordSend,
  requireInPools,
  restartInstance,
  setRestriction,
  setRestrictionInput,
  updateInstance,
  updateInstanceInput,
} from '@zapfleet/core'
import { z } from 'zod'
import { withPoolOfCall } from '../pools.ts'
import {
  adminAct,
  adminProcedure,
  botProcedure,
  IN_POOLS,
  POSTABLE,
  REPEATABLE,
  router,
  SLOW,
} from '../procedure.ts'
import { onChangeInput } from './fields.ts'
import {
  activity,
  choice,
  chooseInput,
  type countersEvent,
  createdInstance,
  explainInput,
  explanation,
  historyInput,
  importInput,
  importReport,
  listInput,
  movedInstance,
  moveInput,
  nameInput,
  pairing,
  qrCodeInput,
  statusChange,
  type storedEvent,
  verifiedAct,
} from './instance-schemas.ts'

/** `instance.*`: the instances of the fleet. */
export const instanceRouter = router({
  /** Lists the instances, by name. */
  list: botProcedure
    .meta(IN_POOLS)
    .input(listInput)
    .output(z.array(instanceSchema))
    .query(({ ctx, input }) => listInstances(ctx.fleet, { ...input, pools: ctx.pools })),
  /** Reads one instance. Errors: `NOT_FOUND`. */
  get: botProcedure
    .meta(IN_POOLS)
    .input(nameInput)
    .output(instanceSchema)
    .query(({ ctx, input }) => getInstanceInPools(ctx.fleet, input, ctx.pools)),
  /**
   * Creates an instance on Evolution and starts its pairing; answers the first QR code. Repeating it finishes an
   * interrupted create. Errors: `CONFLICT` (the name or the phone is taken), `EVOLUTION_UNREACHABLE`,
   * `EVOLUTION_REFUSED`.
   */
  create: adminAct(createInstanceInput)
    .meta(SLOW)
    .output(createdInstance)
    .mutation(({ ctx, input }) => createInstance(ctx.call, input)),
  /**
   * Changes phone number, limits, priority or pause of an instance; absent fields keep their values. Errors:
   * `NOT_FOUND`, `CONFLICT` (another instance has the phone).
   */
  update: adminAct(updateInstanceInput)
    .output(instanceSchema)
    .mutation(({ ctx, input }) => updateInstance(ctx.call, input)),
  /**
   * Stores that WhatsApp restricts an instance to people who know it, as the phone shows, until an instant or without a known
   * end; with `restricted: false` that it does so no more. Errors: `NOT_FOUND`, `INVALID_INPUT` (an end in the past).
   */
  setRestriction: adminAct(setRestrictionInput)
    .output(instanceSchema)
    .mutation(({ ctx, input }) => setRestriction(ctx.call, input)),
  /**
   * Answers a fresh QR code (valid for 45 seconds), or why there is none; waits up to 15 seconds. Errors:
   * `NOT_FOUND`, `CONFLICT` (another instance has the phone), `EVOLUTION_REFUSED`.
   */
  qrCode: adminAct(qrCodeInput)
    .meta(SLOW)
    .output(pairing)
    .mutation(({ ctx, input }) => pairInstance(ctx.call, input)),
  /** Restarts the connection of an instance on Evolution. Errors: `NOT_FOUND`, `INVALID_STATE`. */
  restart: adminAct(nameInput)
    .meta(SLOW)
    .output(verifiedAct)
    .mutation(({ ctx, input }) => restartInstance(ctx.call, input)),
  /** Unlinks the phone of an instance; it must be paired again. Errors: `NOT_FOUND`. */
  logout: adminAct(nameInput)
    .meta(SLOW)
    .output(verifiedAct)
    .mutation(({ ctx, input }) => logoutInstance(ctx.call, input)),
  /**
   * Moves an instance to another Evolution server: creates it there and answers the QR code. Its own server serves it until the phone is paired
   * with the new one, and then deletes it; its counters stay. Errors: `NOT_FOUND`, `CONFLICT`, `EVOLUTION_UNREACHABLE`, `EVOLUTION_REFUSED`.
   */
  move: adminAct(moveInput)
    .meta(SLOW)
    .output(movedInstance)
    .mutation(({ ctx, input }) => moveInstance(ctx.call, input)),
  /**
   * Deletes an instance here and on Evolution; if its server has answered nothing for 15 minutes, there when it answers again. Errors:
   * `NOT_FOUND`, `EVOLUTION_UNREACHABLE`, `EVOLUTION_REFUSED`.
   */
  delete: adminAct(nameInput)
    .meta(SLOW)
    .output(verifiedAct)
    .mutation(({ ctx, input }) => deleteInstance(ctx.call, input)),
  /** Adopts the instances that Evolution has and zapfleet has not. */
  import: adminAct(importInput)
    .meta(SLOW)
    .output(importReport)
    .mutation(({ ctx, input }) => importInstances(ctx.call, input)),
  /**
   * Names the instance for the next message and stores it as the preference of the contact; counts nothing. Prefer
   * `reservation.reserve`.
   */
  choose: botProcedure
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .input(chooseInput)
    .output(choice)
    .mutation(({ ctx: { fleet, caller }, input }) => chooseInstance(fleet, withPoolOfCall(caller, input))),
  /** Counts one message that was sent without a reservation, even above the limit. Errors: `NOT_FOUND`. */
  recordSend: botProcedure
    .meta(IN_POOLS)
    .input(nameInput)
    .output(instanceSchema)
    .mutation(async ({ ctx: { fleet, pools }, input }) => {
      await requireInPools(fleet, input.name, pools)
      return limitInstance(fleet, await recordSend(fleet, input), pools)
    }),
  /** Lists the status changes of an instance, newest first. Errors: `NOT_FOUND`. */
  history: adminProcedure
    .meta(IN_POOLS)
    .input(historyInput)
    .output(z.array(statusChange))
    .query(async ({ ctx: { fleet, pools }, input }) => {
      await requireInPools(fleet, input.name, pools, { removed: true })
      return instanceHistory(fleet, input)
    }),
  /** Answers which instance would serve a message now, and for each other why it would not; changes nothing. */
  explain: adminProcedure
    .meta({ ...POSTABLE, ...IN_POOLS })
    .input(explainInput)
    .output(explanation)
    .query(async ({ ctx: { fleet, caller, pools }, input }) => {
      const explained = await explain(fleet, withPoolOfCall(caller, input))
      if (pools === undefined) return explained
      const seen = await namesInPools(fleet, pools)
      const { chosen, own, candidates } = explained
      return {
        chosen: chosen !== null && seen.has(chosen) ? chosen : null,
        own: own !== null && seen.has(own) ? own : null,
        candidates: candidates.filter(({ name }) => seen.has(name)),
      }
    }),
  /** Reads what an instance sent and how long it was connected. Errors: `NOT_FOUND`. */
  activity: adminProcedure
    .meta(IN_POOLS)
    .input(nameInput)
    .output(activity)
    .query(async ({ ctx: { fleet, pools }, input }) => {
      await requireInPools(fleet, input.name, pools)
      return readActivity(fleet, input)
    }),
  /** Streams the pairing of an instance: every fresh QR code, until it is connected. Errors: `NOT_FOUND`. */
  onPairing: adminAct(qrCodeInput).subscription(
    ({ ctx, input, signal }): AsyncIterable<z.output<typeof pairing>> =>
      followPairing(ctx.call, input, signal ?? new AbortController().signal),
  ),
  /**
   * Streams every change in the fleet, and counters at most once a second. For a key that is bound to pools, a number that joins one of them is
   * `created`, and one that leaves them `deleted`.
   */
  onChange: adminProcedure
    .meta(IN_POOLS)
    .input(onChangeInput)
    .subscription(async ({ ctx: { fleet, pools }, input, signal }) => {
      // tRPC passes a signal to every subscription; its types allow none.
      const until = signal ?? new AbortController().signal
      return trackStored(await fleet.events.subscribe({ ...input, pools }, until))
    }),
})

type StoredEvent = ReturnType<typeof tracked<z.output<typeof storedEvent>>>
type SentEvent = StoredEvent | z.output<typeof countersEvent>

/** Stored events have an id, after which a client resumes; counters have none and are sampled again. */
async function* trackStored(events: AsyncIterable<FleetEvent>): AsyncGenerator<SentEvent, void> {
  for await (const event of events) {
    if (event.type === 'counters') yield event
    else yield tracked(event.id, { type: event.type, instance: event.instance })
  }
}
