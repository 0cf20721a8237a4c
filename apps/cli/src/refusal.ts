import type { EXIT } from './exit-codes.ts'

/** An end that this program itself decides on: how it ends, a sentence for the person, and what helps, as further lines. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly exit: keyof typeof EXIT
  readonly hints: readonly string[]

  constructor(exit: keyof typeof EXIT, message: string, hints: readonly string[] = []) {
    super(message)
    this.exit = exit
    this.hints = hints
  }
}
