import { Agent, request } from 'undici'

/**
 * What a caller was told. `answer`: what it asked for. `refused`: a typed error. `silence`: no answer, the connection failed
 * or `ANSWER_WITHIN_MS` passed. `nonsense`: anything else, which nobody should ever be told.
 */
export type Told =
  | { kind: 'answer'; data: unknown }
  | { kind: 'refused'; code: string; reasons: Readonly<Record<string, number>> }
  | { kind: 'silence'; why: string }
  | { kind: 'nonsense'; what: string }

/** Longer than the slowest answer that is promised: a statement is given up after 12 s. */
export const ANSWER_WITHIN_MS = 20_000

/** Connections are kept alive and used again while they are not idle for longer than 2 s; calls are never repeated by it. */
const agent = new Agent({
  connections: 64,
  keepAliveTimeout: 2_000,
  headersTimeout: ANSWER_WITHIN_MS,
  bodyTimeout: ANSWER_WITHIN_MS,
  connectTimeout: 5_000,
})

/** One call of a mutation over HTTP, or of a query with `method: 'GET'`. Never throws. */
export async function callApi(
  address: string,
  key: string,
  procedure: string,
  input: object,
  method: 'GET' | 'POST' = 'POST',
): Promise<Told> {
  const query = method === 'GET' ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''
  try {
    const { statusCode, body } = await request(`${address}/trpc/${procedure}${query}`, {
      dispatcher: agent,
      method,
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(input) }),
    })
    return readAnswer(statusCode, await body.text())
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return { kind: 'silence', why: code ?? message }
  }
}

function readAnswer(status: number, text: string): Told {
  try {
    const { result, error } = JSON.parse(text)
    if (status === 200 && result) return { kind: 'answer', data: result.data }
    const fleet = error?.data?.fleet
    if (status >= 400 && typeof fleet?.code === 'string')
      return { kind: 'refused', code: fleet.code, reasons: fleet.reasons ?? {} }
  } catch {
    // Told below.
  }
  return { kind: 'nonsense', what: `HTTP ${status}: ${text.slice(0, 200)}` }
}
