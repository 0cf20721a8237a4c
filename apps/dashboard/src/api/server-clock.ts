import { useEffect, useState } from 'react'

/** How far the clock of the server is ahead of this device, in ms; 0 before the first answer. */
let aheadMs = 0

/** The present time by the clock of the server, so that ages are right on a device with a wrong clock. */
function serverNow(): number {
  return Date.now() + aheadMs
}

/** `fetch` that reads the clock of the server from each answer. The header has whole seconds, so under two seconds count as none. */
export async function fetchWithClock(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
  const stated = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(stated)) {
    const difference = stated + 500 - Date.now()
    aheadMs = Math.abs(difference) < 2_000 ? 0 : difference
  }
  return response
}

/** The time of the server, updated every `everyMs`, which renders the component again. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
