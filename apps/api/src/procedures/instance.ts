import { tracked } from '@trpc/server'
import {
  chooseInstance,
  createInstance,
  type FleetEvent,
  getInstance,
  instanceHistory,
  listInstances,
  pairInstance,
  recordSend,
  updateInstance,
} from '@zapfleet/core'
import { z } from 'zod'
import {
  chooseInput,
  createInput,
  historyInput,
  instance,
  listInput,
  nameInput,
  onChangeInput,
  pairing,
  qrCodeInput,
  statusChange,
  updateInput,
} from '../contract/instance.ts'
import { adminProcedure, botProcedure, router } from '../procedure.ts'

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
  create: adminProcedure
    .input(createInput)
    .output(z.object({ instance, pairing }))
    .mutation(({ ctx, input }) => createInstance(ctx.fleet, input)),
  update: adminProcedure
    .input(updateInput)
    .output(instance)
    .mutation(({ ctx, input }) => updateInstance(ctx.fleet, input)),
  qrCode: adminProcedure
    .input(qrCodeInput)
    .output(pairing)
    .mutation(({ ctx, input }) => pairInstance(ctx.fleet, input)),
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
  onChange: adminProcedure.input(onChangeInput).subscription(async ({ ctx, input, signal }) => {
    // tRPC gives every subscription a signal; its types leave room for callers that do not.
    const events = await ctx.fleet.events.subscribe(input, signal ?? new AbortController().signal)
    return trackStored(events)
  }),
})

/** Stored events carry their id, with which a client comes back; counters have none, and are simply sampled anew. */
async function* trackStored(events: AsyncIterable<FleetEvent>) {
  for await (const event of events) {
    if (event.type === 'counters') yield event
    else yield tracked(event.id, { type: event.type, instance: event.instance })
  }
}
