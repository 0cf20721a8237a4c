import {
  chooseInstance,
  createInstance,
  getInstance,
  listInstances,
  pairInstance,
  recordSend,
  updateInstance,
} from '@zapfleet/core'
import { z } from 'zod'
import {
  chooseInput,
  createInput,
  instance,
  listInput,
  nameInput,
  pairing,
  qrCodeInput,
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
})
