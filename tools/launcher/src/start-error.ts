/** A start that cannot go on: `message` is all that a person needs, no stack is shown. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
