import type { Pairing } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { useSpeech } from '../words/speech.tsx'

/** Lifetime of a code; only for the length of the bar. */
const LIFE_MS = 45_000

/** The code to scan, large and on white in every theme, with its remaining time. */
export function QrCode({ qr }: { qr: Extract<Pairing, { state: 'qr' }> }) {
  const { w, f } = useSpeech()
  const nowMs = useNow(500)
  const leftMs = qr.expiresAt === null ? null : Math.max(0, Date.parse(qr.expiresAt) - nowMs)
  const isOver = leftMs === 0
  return (
    <>
      <div className="qr" data-over={isOver || undefined}>
        {qr.base64 ? (
          <img src={qr.base64} width={280} height={280} alt={w.pair.qrAlt} />
        ) : (
          <p>{w.pair.noPicture}</p>
        )}
      </div>
      {leftMs !== null && (
        <div className="countdown">
          <span className="meter" aria-hidden="true">
            <span className="meter-fill" style={{ width: `${Math.min(1, leftMs / LIFE_MS) * 100}%` }} />
          </span>
          <p className="figures">
            {isOver ? w.pair.renewing : w.pair.expiresIn(f.number(Math.ceil(leftMs / 1000)))}
          </p>
        </div>
      )}
    </>
  )
}
