import { tracked } from '@trpc/server'
import {
  chooseInstance,
  createInstance,
  deleteInstance,
  explain,
  type FleetEvent,
  followPairing,
  getInstance,
  importInstances,
  instanceHistory,
  listInstances,
  logoutInstance,
  pairInstance,
  readActivity,
  recordSend,
  restartInstance,
  updateInstance,
} from '@zapfleet/core'
import { z } from 'zod'
import {
  activity,
  chooseInput,
  type countersEvent,
  createInput,
  explainInput,
  explanation,
  historyInput,
  importInput,
  importReport,
  instance,
  listInput,
  nameInput,
  onChangeInput,
  pairing,
  qrCodeInput,
  statusChange,
  type storedEvent,
  updateInput,
  verifiedAct,
} from '../contract/instance.ts'
import { adminAct, adminProcedure, botProcedure, router } from '../procedure.ts'

/** `instance.*`: the numbers of the fleet. */
export const instanceRouter = router({
  list: botProcedure
    .input(listInput)
    .output(z.array(instance))
    .query(({ ctx, input }) => listInstances(ctx.fleet, input)),
  get: botProcedure
    .input(nameInput)
    .output(instance)
    .query(({ ctx, input }) => getInstance(ctx.fleet, input)),
  create: adminAct(createInput)
    .output(z.object({ instance, pairing }))
    .mutation(({ ctx, input }) => createInstance(ctx.fleet, input)),
  update: adminAct(updateInput)
    .output(instance)
    .mutation(({ ctx, input }) => updateInstance(ctx.fleet, input)),
  qrCode: adminAct(qrCodeInput)
    .output(pairing)
    .mutation(({ ctx, input }) => pairInstance(ctx.fleet, input)),
  restart: adminAct(nameInput)
    .output(verifiedAct)
    .mutation(({ ctx, input }) => restartInstance(ctx.fleet, input)),
  logout: adminAct(nameInput)
    .output(verifiedAct)
    .mutation(({ ctx, input }) => logoutInstance(ctx.fleet, input)),
  delete: adminAct(nameInput)
    .output(verifiedAct)
    .mutation(({ ctx, input }) => deleteInstance(ctx.fleet, input)),
  import: adminAct(importInput)
    .output(importReport)
    .mutation(({ ctx, input }) => importInstances(ctx.fleet, input)),
  choose: botProcedure
    .input(chooseInput)
    .output(z.object({ instanceName: z.string().nullable() }))
    .mutation(({ ctx, input }) => chooseInstance(ctx.fleet, input)),
  recordSend: botProcedure
    .input(nameInput)
    .output(instance)
    .mutation(({ ctx, input }) => recordSend(ctx.fleet, input)),
  history: adminProcedure
    .input(historyInput)
    .output(z.array(statusChange))
    .query(({ ctx, input }) => instanceHistory(ctx.fleet, input)),
  explain: adminProcedure
    .input(explainInput)
    .output(explanation)
    .query(({ ctx, input }) => explain(ctx.fleet, input)),
  activity: adminProcedure
    .input(nameInput)
    .output(activity)
    .query(({ ctx, input }) => readActivity(ctx.fleet, input)),
  onPairing: adminAct(qrCodeInput).subscription(
    ({ ctx, input, signal }): AsyncIterable<z.output<typeof pairing>> =>
      followPairing(ctx.fleet, input, signal ?? new AbortController().signal),
  ),
  onChange: adminProcedure.input(onChangeInput).subscription(async ({ ctx, input, signal }) => {
    // tRPC gives every subscription a signal; its types leave room for callers that do not.
    const events = await ctx.fleet.events.subscribe(input, signal ?? new AbortController().signal)
    return trackStored(events)
  }),
})

type StoredEvent = ReturnType<typeof tracked<z.output<typeof storedEvent>>>
type ShownEvent = StoredEvent | z.output<typeof countersEvent>

/** Stored events carry their id, with which a client comes back; counters have none, and are simply sampled anew. */
async function* trackStored(events: AsyncIterable<FleetEvent>): AsyncGenerator<ShownEvent, void> {
  for await (const event of events) {
    if (event.type === 'counters') yield event
    else yield tracked(event.id, { type: event.type, instance: event.instance })
  }
}
