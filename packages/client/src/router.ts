import type {
  inferRouterInputs,
  inferRouterOutputs,
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
} from '@trpc/server'
import type { PublicProcedures } from '@zapfleet/api'
import type { ErrorNextStep, Reason, ServerErrorCode } from './fleet-error.ts'

/** What every refusal carries beside its message. */
type ErrorShape = Omit<TRPCDefaultErrorShape, 'data'> & {
  data: TRPCDefaultErrorShape['data'] & {
    fleet: {
      code: ServerErrorCode
      availableAt?: string | null
      reasons?: Partial<Record<Reason, number>>
      nextStep?: ErrorNextStep
    }
    requestId: string
  }
}

/** The API as a type: every procedure with its input and output, and nothing of the server. */
export type FleetRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: false },
  PublicProcedures
>

/** The inputs of all procedures: `FleetInputs['reservation']['reserve']`. */
export type FleetInputs = inferRouterInputs<FleetRouter>

/** The outputs of all procedures: `FleetOutputs['instance']['get']`. */
export type FleetOutputs = inferRouterOutputs<FleetRouter>

/** The input of `reserve`. */
export type ReserveInput = Extract<FleetInputs['reservation']['reserve'], object>

/** How a number is chosen. */
export type Strategy = NonNullable<ReserveInput['strategy']>

/** What happens to a contact whose number cannot serve now, by `sticky`. */
export type Fallback = NonNullable<ReserveInput['fallback']>

/** One counted seat for one message, on one number. */
export type Reservation = FleetOutputs['reservation']['reserve']

/** A message that zapfleet sends: to whom, its text or file, and how. */
export type MessageInput = FleetInputs['message']['send']

/** A message that zapfleet sends, and what became of it. */
export type Message = FleetOutputs['message']['send']

/** What became of a message. */
export type MessageState = Message['state']

/** Why a message was not sent, as `reservation.release` takes it. */
export type ReleaseCause = NonNullable<FleetInputs['reservation']['release']['cause']>

/** One number of the fleet. */
export type Instance = FleetOutputs['instance']['get']

/** A procedure by its path, such as `reservation.reserve`. */
export type ProcedurePath = {
  [Noun in keyof PublicProcedures & string]: `${Noun}.${keyof PublicProcedures[Noun] & string}`
}[keyof PublicProcedures & string]
