import { useEffect, useState } from 'react'
import { serverNow } from '../api/server-clock.ts'

/** The server's clock, looked at every `everyMs`; components that show times of it are drawn anew then. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
