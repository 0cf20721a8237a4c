import { Agent, request } from 'undici'

/**
 * The outcome of a call. `answer`: the requested result. `refused`: a typed error. `silence`: no answer, because the connection
 * failed or `ANSWER_WITHIN_MS` passed. `nonsense`: anything else, which must never occur.
 */
export type Reply =
  | { kind: 'answer'; data: unknown }
  | { kind: 'refused'; code: string; reasons: Readonly<Record<string, number>> }
  | { kind: 'no reply'; why: string }
  | { kind: 'invalid'; what: string }

/** Longer than the slowest promised answer: a statement is cancelled after 12 s. */
export const ANSWER_WITHIN_MS = 20_000

/** Connections are kept alive and used again while they are idle for at most 2 s. The agent never retries. */
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
): Promise<Reply> {
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
    return { kind: 'no reply', why: code ?? message }
  }
}

function readAnswer(status: number, text: string): Reply {
  try {
    const { result, error } = JSON.parse(text)
    if (status === 200 && result) return { kind: 'answer', data: result.data }
    const fleet = error?.data?.fleet
    if (status >= 400 && typeof fleet?.code === 'string')
      return { kind: 'refused', code: fleet.code, reasons: fleet.reasons ?? {} }
  } catch {
    // The outcome is returned below.
  }
  return { kind: 'invalid', what: `HTTP ${status}: ${text.slice(0, 200)}` }
}
