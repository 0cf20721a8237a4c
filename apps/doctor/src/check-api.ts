/** What answers at the API's own port. `version` null: not in the answer. */
export type ApiSight =
  | { kind: 'zapfleet'; version: string | null; ready: boolean; reason: string | null }
  | { kind: 'stranger'; words: string }
  | { kind: 'unreachable'; words: string }

const WITHIN_MS = 4_000

/** Reads the identity of the API and whether it is ready; changes nothing and never throws. */
export async function checkApi(url: string): Promise<ApiSight> {
  try {
    const root = await get(`${url}/`)
    if (root.body?.name !== 'zapfleet') return { kind: 'stranger', words: `${root.status} at ${url}/` }
    const ready = await get(`${url}/health/ready`)
    return {
      kind: 'zapfleet',
      version: typeof root.body.version === 'string' ? root.body.version : null,
      ready: ready.status === 200,
      reason: typeof ready.body?.reason === 'string' ? ready.body.reason : null,
    }
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause
    return { kind: 'unreachable', words: String(cause?.code ?? (error as Error).message) }
  }
}

async function get(url: string): Promise<{ status: number; body: Record<string, unknown> | null }> {
  const answer = await fetch(url, {
    signal: AbortSignal.timeout(WITHIN_MS),
    headers: { accept: 'application/json' },
  })
  const text = await answer.text()
  try {
    return { status: answer.status, body: JSON.parse(text) as Record<string, unknown> }
  } catch {
    return { status: answer.status, body: null }
  }
}
