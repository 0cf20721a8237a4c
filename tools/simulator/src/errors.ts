/** The content of `response.message` of an error. Its shape differs between Evolution's errors. */
export type ErrorMessage = string | unknown[]

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
}

/** An error answer of Evolution. `message` keeps the measured shape: a string for 401 and 500, an array otherwise. */
export class EvolutionError extends Error {
  readonly status: number
  readonly answer: { status: number; error: string; response: { message: ErrorMessage } }

  constructor(status: number, message: ErrorMessage, error = REASONS[status] ?? 'Error') {
    super(`${status} ${JSON.stringify(message)}`)
    this.name = 'EvolutionError'
    this.status = status
    this.answer = { status, error, response: { message } }
  }
}

/** 400 thrown by Evolution's code: one sentence in an array. */
export const badRequest = (sentence: string) => new EvolutionError(400, [sentence])

/** 400 of a body that does not match its schema: an array of an array of sentences. */
export const badSchema = (sentences: string[]) => new EvolutionError(400, [sentences])

/** 401, always the same word. */
export const unauthorized = () => new EvolutionError(401, 'Unauthorized')

/** 403 of a create whose name exists (Evolution does not answer 409). */
export const nameInUse = (name: unknown) =>
  new EvolutionError(403, [`This name "${name}" is already in use.`])

/** 404 of every route for an unknown instance, whatever the key. */
export const noSuchInstance = (name: string) =>
  new EvolutionError(404, [`The "${name}" instance does not exist`])

/** 404 of an unknown route or a wrong method (Evolution never answers 405). */
export const noSuchRoute = (method: string, url: string) =>
  new EvolutionError(404, [`Cannot ${method} ${url}`])

/** 500: the raw text of an exception. */
export const crashed = (text: string) => new EvolutionError(500, text)

/** 500 of a call that needs Evolution's database while it is away: Prisma's text. */
export const databaseGone = (act: string) =>
  crashed(
    `\nInvalid \`prisma.instance.${act}()\` invocation:\n\n\nCan't reach database server at \`127.0.0.1:5432\``,
  )

/** The error of connect and restart under HTTP 200. */
export const ERROR_200 = { error: true, message: '[object Object]' } as const

/** A control command that is impossible: what was expected and what was received. */
export class ControlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ControlError'
  }
}
