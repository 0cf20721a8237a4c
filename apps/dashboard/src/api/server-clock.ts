/** How far the server's clock is ahead of this device's, in ms; 0 until an answer told. */
let aheadMs = 0

/** The present by the server's clock: what it says of instants holds also on a device whose clock is wrong. */
export function serverNow(): number {
  return Date.now() + aheadMs
}

/** fetch, that reads the server's clock from each answer. The header holds whole seconds, so less than two is no difference. */
export async function fetchWithClock(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
  const told = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(told)) {
    const difference = told + 500 - Date.now()
    aheadMs = Math.abs(difference) < 2_000 ? 0 : difference
  }
  return response
}
