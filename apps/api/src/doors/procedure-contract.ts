import type { TRPCProcedureType } from '@trpc/server'
import { type ZodType, z } from 'zod'
import { countersEvent, pairing, storedEvent } from '../contract/instance.ts'
import { appRouter } from '../router.ts'

/** What a procedure takes and answers, as the router itself has it. `output` is null for subscriptions. */
export type ProcedureContract = { type: TRPCProcedureType; input: ZodType; output: ZodType | null }

type Definition = { type: TRPCProcedureType; inputs: ZodType[]; output?: ZodType }

/**
 * Every procedure of the router, by its path. Reads what tRPC keeps of `.input()` and `.output()`, which its types do not
 * show: a door, the open description and a test of everything then know a procedure by its being there.
 */
export function procedureContracts(): Map<string, ProcedureContract> {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: Definition }>
  return new Map(
    Object.entries(procedures).map(([path, { _def }]) => {
      const [input] = _def.inputs
      if (input === undefined || _def.inputs.length > 1)
        throw new Error(`${path} must have exactly one .input(), and has ${_def.inputs.length}.`)
      return [path, { type: _def.type, input, output: _def.output ?? null }]
    }),
  )
}

/** One procedure. @throws Error where the router has none of that path */
export function procedureContract(path: string): ProcedureContract {
  const contract = procedureContracts().get(path)
  if (contract === undefined) throw new Error(`The router has no procedure ${path}.`)
  return contract
}

/** What subscriptions send: tRPC keeps no schema of it. */
const SENT: Record<string, ZodType> = {
  'instance.onPairing': pairing,
  'instance.onChange': z.union([storedEvent, countersEvent]),
}

/**
 * The JSON schemas of every procedure's input and output by its path. The build of the client reads their descriptions.
 *
 * @public
 */
export function procedureSchemas(): Map<string, { input: object; output: object }> {
  const schemas = [...procedureContracts()].map(([path, { input, output }]) => {
    const sent = output ?? SENT[path]
    if (sent === undefined) throw new Error(`${path} has no schema of what it sends.`)
    return [
      path,
      { input: z.toJSONSchema(input, { io: 'input' }), output: z.toJSONSchema(sent, { io: 'output' }) },
    ] as const
  })
  return new Map(schemas)
}
