/** One HTTP request of a client: the procedures in its path, its body, its answer. */
export type Ride = {
  procedures: string[]
  body: string
  url: string
  init: RequestInit | undefined
  /** Sends the request, and answers what the API says. */
  arrive(): Promise<Response>
}

/** A `fetch` that notes every request, and lets a test stand in the way of one. */
export function openRoad() {
  const rides: Ride[] = []
  const obstacles: ((ride: Ride) => Promise<Response>)[] = []
  const road: typeof fetch = (input, init) => {
    const url = String(input)
    const ride: Ride = {
      procedures: (new URL(url).pathname.split('/').at(-1) ?? '').split(','),
      body: typeof init?.body === 'string' ? init.body : '',
      url,
      init,
      arrive: () => fetch(input, init),
    }
    rides.push(ride)
    return (obstacles.shift() ?? ((one) => one.arrive()))(ride)
  }
  return {
    fetch: road,
    rides,
    /** The procedures of every request so far. */
    taken: () => rides.map((ride) => ride.procedures.join(',')),
    /** Each meets one of the next requests. */
    obstruct: (...next: ((ride: Ride) => Promise<Response>)[]) => obstacles.push(...next),
  }
}

/** The request never arrives. */
export const broken = async (): Promise<Response> => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
}

/** The request arrives, its answer does not. */
export const answerLost = async (ride: Ride): Promise<Response> => {
  await (await ride.arrive()).text()
  return broken()
}

/** No answer, until the client lets go. */
export const silence = (ride: Ride): Promise<Response> =>
  new Promise((_, reject) => {
    ride.init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
  })

/** The API refuses every call of the request with this code, in its own shape. */
export const refused =
  (code: string, fleet: object = {}) =>
  async (ride: Ride): Promise<Response> => {
    const error = {
      message: `refused: ${code}`,
      code: -32603,
      data: { code: 'X', httpStatus: 503, fleet: { code, ...fleet }, requestId: 'the-request' },
    }
    return Response.json(
      ride.procedures.map(() => ({ error })),
      { status: 503 },
    )
  }

/** Something else than zapfleet answers. */
export const page = (status: number) => async (): Promise<Response> =>
  new Response('<h1>Bad Gateway</h1>', { status, headers: { 'content-type': 'text/html' } })
