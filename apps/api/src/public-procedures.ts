import type {
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
import { appRouter } from './router.ts'

/** A procedure with its input and output alone. Written out three times: the declaration file would hold an alias by its name. */
type Public<Procedure> =
  Procedure extends TRPCQueryProcedure<infer Of>
    ? TRPCQueryProcedure<{
        input: Of['input']
        output: Of['output']
        meta: object
        errorShape: TRPCDefaultErrorShape
      }>
    : Procedure extends TRPCMutationProcedure<infer Of>
      ? TRPCMutationProcedure<{
          input: Of['input']
          output: Of['output']
          meta: object
          errorShape: TRPCDefaultErrorShape
        }>
      : Procedure extends TRPCSubscriptionProcedure<infer Of>
        ? TRPCSubscriptionProcedure<{
            input: Of['input']
            output: Of['output']
            meta: object
            errorShape: TRPCDefaultErrorShape
          }>
        : never

/** The record of a router without its context, whose type is the whole server. */
function publicRecord<Record extends object>(_router: {
  _def: { record: Record }
}): {
  [Noun in keyof Record]: { [Verb in keyof Record[Noun]]: Public<Record[Noun][Verb]> }
} {
  return {} as ReturnType<typeof publicRecord<Record>>
}

// A value, because a declaration file writes out only the types of values: inputs and outputs as plain objects, without zod,
// core or Prisma. The build of the client makes its published types from it.
const procedures = publicRecord(appRouter)

/** Every procedure by noun and verb, as a type that needs no code of the server. */
export type PublicProcedures = typeof procedures
