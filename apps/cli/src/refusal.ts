import type { EXIT } from './exit-codes.ts'

/** An error of this program itself: the exit, a sentence for the person, and hints, one a line. */
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
