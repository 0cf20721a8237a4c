/** One call over HTTP: the parsed JSON answer. Throws with the server's words when it is not 2xx. */
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
