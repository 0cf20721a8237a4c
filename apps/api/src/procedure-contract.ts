import type { TRPCProcedureType } from '@trpc/server'
import { type ZodType, z } from 'zod'
import { type Role, rolesThatMay } from './caller.ts'
import type { ProcedureMeta } from './procedure.ts'
import { countersEvent, pairing, storedEvent } from './procedures/instance-schemas.ts'
import { messageChange } from './procedures/message-schemas.ts'
import { appRouter } from './router.ts'

/** A procedure as the router holds it. `output` is null for subscriptions. */
export type ProcedureContract = {
  type: TRPCProcedureType
  input: ZodType
  output: ZodType | null
  roles: readonly Role[]
  meta: ProcedureMeta
}

type Definition = { type: TRPCProcedureType; inputs: ZodType[]; output?: ZodType; meta?: ProcedureMeta }

/** The router is constant. */
let contracts: ReadonlyMap<string, ProcedureContract> | null = null

/**
 * Every procedure of the router, by its path. Reads what tRPC stores of `.input()`, `.output()` and `.meta()`, which its types
 * do not show. The REST routes, the OpenAPI document and several tests are derived from it.
 */
export function procedureContracts(): ReadonlyMap<string, ProcedureContract> {
  contracts ??= readContracts()
  return contracts
}

function readContracts(): Map<string, ProcedureContract> {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: Definition }>
  return new Map(
    Object.entries(procedures).map(([path, { _def }]) => {
      const { type, inputs, output = null, meta = {} } = _def
      const [input] = inputs
      if (input === undefined || inputs.length > 1)
        throw new Error(`${path}: expected exactly one .input(), got ${inputs.length}.`)
      const { forBots = false, adminsOnly = false } = meta
      return [path, { type, input, output, meta, roles: rolesThatMay({ type, forBots, adminsOnly }) }]
    }),
  )
}

/** One procedure. @throws Error when the router has no procedure of that path */
export function procedureContract(path: string): ProcedureContract {
  const contract = procedureContracts().get(path)
  if (contract === undefined) throw new Error(`The router has no procedure ${path}.`)
  return contract
}

/** What subscriptions send. tRPC stores no schema of it. */
const SENT: Record<string, ZodType> = {
  'instance.onPairing': pairing,
  'message.onChange': messageChange,
  'instance.onChange': z.union([storedEvent, countersEvent]),
}

/**
 * The JSON schemas of every procedure's input and output, by its path. The build of the client reads their descriptions.
 *
 * @public
 */
export function procedureSchemas(): Map<string, { input: object; output: object }> {
  const schemas = [...procedureContracts()].map(([path, { input, output }]) => {
    const sent = output ?? SENT[path]
    if (sent === undefined)
      throw new Error(`${path} is a subscription: add the schema of its events to SENT.`)
    return [
      path,
      { input: z.toJSONSchema(input, { io: 'input' }), output: z.toJSONSchema(sent, { io: 'output' }) },
    ] as const
  })
  return new Map(schemas)
}
