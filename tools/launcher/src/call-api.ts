/** One call over HTTP: returns the parsed JSON answer. Throws with the server's text when the status is not 2xx. */
export async function call(
  url: string,
  init: { headers: Record<string, string>; body?: unknown; signal: AbortSignal },
): Promise<unknown> {
  const { body, headers, signal } = init
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`)
  return text === '' ? null : JSON.parse(text)
}

/**
 * The reason why Evolution cannot be used, as a code of `fleet.conditions`; null where it can be used, or where the
 * API does not answer it. Takes about 4 s where Evolution does not answer.
 */
export async function readEvolutionProblem(
  url: string,
  adminKey: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const headers = { 'x-api-key': adminKey }
    const answer = (await call(`${url}/trpc/fleet.conditions?input=%7B%7D`, { headers, signal })) as {
      result?: { data?: { evolution?: { problem?: string | null } } }
    }
    return answer.result?.data?.evolution?.problem ?? null
  } catch {
    return null
  }
}
