import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LogFailure } from '../log.ts'
import { type Failure, readFailure } from './failure.ts'

/** The HTTP answer to a failed request. `isLogged` false: the answer is not worth a line. */
export type ErrorAnswer = {
  status: number
  headers?: Record<string, string>
  body: object
  isLogged?: boolean
}

/** Renders a failure for one kind of client. Pure. */
export type Renderer = (failure: Failure, request: { requestId: string; nowMs: number }) => ErrorAnswer

/** Answers a request with an error, and logs it. `input` is the raw input of the procedure, where it was read. */
export type Refuse = (
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  input?: unknown,
) => FastifyReply

/**
 * Makes the function that answers every error of a group of routes, whether Fastify, a procedure or core threw it.
 *
 * @param callName the call in the log; default: method and pattern of the route
 */
export function makeRefuser(logFailure: LogFailure, render: Renderer, callName?: string): Refuse {
  return (thrown, request, reply, input) => {
    const failure = readFailure(thrown, input)
    const answer = render(failure, { requestId: request.id, nowMs: Date.now() })
    if (answer.isLogged !== false) {
      const call = callName ?? `${request.method} ${request.routeOptions?.url ?? '(no route)'}`
      logFailure(failure.error, { call, requestId: request.id })
    }
    return reply
      .status(answer.status)
      .headers(answer.headers ?? {})
      .send(answer.body)
  }
}
