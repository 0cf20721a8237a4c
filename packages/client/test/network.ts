/** One HTTP request of a client: the procedures in its path, its body, and the function that sends it. */
export type NetworkRequest = {
  procedures: string[]
  body: string
  url: string
  init: RequestInit | undefined
  /** Sends the request to the API. */
  send(): Promise<Response>
}

/** A `fetch` that records every request and lets a test replace the answer of one. */
export function openNetwork() {
  const requests: NetworkRequest[] = []
  const replacements: ((request: NetworkRequest) => Promise<Response>)[] = []
  const network: typeof fetch = (input, init) => {
    const url = String(input)
    const request: NetworkRequest = {
      procedures: (new URL(url).pathname.split('/').at(-1) ?? '').split(','),
      body: typeof init?.body === 'string' ? init.body : '',
      url,
      init,
      send: () => fetch(input, init),
    }
    requests.push(request)
    return (replacements.shift() ?? ((one) => one.send()))(request)
  }
  return {
    fetch: network,
    requests,
    /** The procedures of every request so far. */
    paths: () => requests.map((request) => request.procedures.join(',')),
    /** Each replaces the answer of one of the next requests. */
    replaceNext: (...next: ((request: NetworkRequest) => Promise<Response>)[]) => replacements.push(...next),
  }
}

/** The connection is reset before the request is sent. */
export const connectionReset = async (): Promise<Response> => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
}

/** The API receives the request; its answer is lost. */
export const answerLost = async (request: NetworkRequest): Promise<Response> => {
  await (await request.send()).text()
  return connectionReset()
}

/** No answer until the client aborts. */
export const noAnswer = (request: NetworkRequest): Promise<Response> =>
  new Promise((_, reject) => {
    request.init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
  })

/** A refusal of every call of the request with this code, in the shape of the API. */
export const refused =
  (code: string, fleet: object = {}) =>
  async (request: NetworkRequest): Promise<Response> => {
    const error = {
      message: `refused: ${code}`,
      code: -32603,
      data: { code: 'X', httpStatus: 503, fleet: { code, ...fleet }, requestId: 'the-request' },
    }
    return Response.json(
      request.procedures.map(() => ({ error })),
      { status: 503 },
    )
  }

/** An HTML page of a proxy. */
export const page = (status: number) => async (): Promise<Response> =>
  new Response('<h1>Bad Gateway</h1>', { status, headers: { 'content-type': 'text/html' } })
