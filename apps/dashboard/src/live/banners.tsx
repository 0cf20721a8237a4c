import { useEffect, useState } from 'react'
import type { Conditions } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { useSpeech } from '../words/speech.tsx'
import { Banner } from './banner.tsx'
import { EvolutionBanners } from './evolution-banners.tsx'
import { type KnownFleet, useLiveFleet } from './live-fleet.tsx'

/** A shorter interruption of the stream is not shown. */
const GRACE_MS = 2_500
/** Set when the notice was closed in this tab. */
const DEMO_SEEN = 'zapfleet.demo-seen'

/** Problems and notices of the whole fleet, above every view. */
export function Banners({ conditions }: { conditions: Conditions | undefined }) {
  const { w, f } = useSpeech()
  const fleet = useLiveFleet()
  const nowMs = useNow(30_000)
  const [demoSeen, setDemoSeen] = useState(() => sessionStorage.getItem(DEMO_SEEN) !== null)
  const seeDemo = () => {
    sessionStorage.setItem(DEMO_SEEN, '1')
    setDemoSeen(true)
  }
  const isLost = useLasting(fleet.state !== 'live' && !(fleet.error !== null && fleet.instances === null))
  return (
    <div className="banners" role="status">
      {isLost && (
        <Banner tone="warn" title={w.live.lostTitle}>
          {sentenceOf(fleet)}
        </Banner>
      )}
      {conditions && <EvolutionBanners conditions={conditions} />}
      {conditions && !conditions.polling.alive && (
        <Banner tone="bad" title={w.banner.notPolledTitle}>
          {w.banner.notPolledMore(
            conditions.polling.lastRoundAt && f.when(conditions.polling.lastRoundAt, nowMs),
          )}
        </Banner>
      )}
      {conditions && conditions.messages.queued > 0 && conditions.messages.senders === 0 && (
        <Banner tone="bad" title={w.banner.noSenderTitle}>
          {w.banner.noSenderMore(conditions.messages.queued, f.number(conditions.messages.queued))}
        </Banner>
      )}
      {conditions?.evolution.simulated && !demoSeen && (
        <Banner tone="info" title={w.banner.simulatedTitle} onHide={seeDemo}>
          {w.banner.simulatedMore}
        </Banner>
      )}
    </div>
  )

  function sentenceOf({ asOf, state }: KnownFleet): string {
    if (asOf === null) return w.live.lostNothing
    const at = f.clockSeconds(asOf.getTime())
    return state === 'polling' ? w.live.lostPolling(at) : w.live.lostMore(at)
  }
}

/** True once `is` was true for GRACE_MS. */
function useLasting(is: boolean): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!is) return setLasting(false)
    const timer = setTimeout(() => setLasting(true), GRACE_MS)
    return () => clearTimeout(timer)
  }, [is])
  return lasting
}
