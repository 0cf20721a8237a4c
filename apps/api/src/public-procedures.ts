import type {
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
import { appRouter } from './router.ts'

/** What a caller knows of a procedure: what goes in and what comes out. Spelt out three times, since an alias would stand in the declarations by its name. */
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

/** The record of a router, without its context, which is the whole server. */
function publicRecord<Record extends object>(_router: {
  _def: { record: Record }
}): {
  [Noun in keyof Record]: { [Verb in keyof Record[Noun]]: Public<Record[Noun][Verb]> }
} {
  return {} as ReturnType<typeof publicRecord<Record>>
}

// A value, because only the types of values are written out in full in a declaration file: inputs and outputs as plain
// objects, without zod, core or Prisma. The client's published types are made from it.
const procedures = publicRecord(appRouter)

/** Every procedure by noun and verb, as a type that needs nothing of the server. */
export type PublicProcedures = typeof procedures
