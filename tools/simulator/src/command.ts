import { z } from 'zod'
import type { Control } from './control.ts'
import { ControlError } from './errors.ts'

/** A command over HTTP: the schema of its JSON body and its act, whose result is the JSON answer. */
export type Command = (control: Control, body: unknown) => unknown

/** The body of a command about one instance. */
export const named = z.strictObject({ name: z.string() })

/** A time in milliseconds. */
export const ms = z.number().nonnegative()

/** Makes a command that checks its body. A body that does not match throws ControlError with what is wrong. */
export function command<T>(shape: z.ZodType<T>, act: (control: Control, body: T) => unknown): Command {
  return (control, body) => {
    const checked = shape.safeParse(body ?? {})
    if (!checked.success) throw new ControlError(z.prettifyError(checked.error))
    return act(control, checked.data)
  }
}
