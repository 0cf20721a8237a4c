import { noInput } from '../contract/health.ts'
import { caller } from '../contract/key.ts'
import { botProcedure, router } from '../procedure.ts'

/** `key.*`: who calls. */
export const keyRouter = router({
  whoAmI: botProcedure
    .input(noInput)
    .output(caller)
    .query(({ ctx }) => ({ role: ctx.caller.role, label: ctx.caller.label })),
})
