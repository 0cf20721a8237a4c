import { useState } from 'react'
import type { Pairing } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { go } from '../follow-route.ts'
import { useInstance, useLiveFleet } from '../live/live-fleet.tsx'
import { numberHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { QrCode } from './qr-code.tsx'
import { usePairingStream } from './use-pairing-stream.ts'

/** Shows the codes of a number until its phone is connected, or why there is none at present. */
export function PairNumber(props: {
  name: string
  first: Pairing | null
  onClose: () => void
  onAnother: () => void
  onNext: (name: string) => void
}) {
  const { w } = useSpeech()
  const { name, first, onClose, onAnother, onNext } = props
  const { instances } = useLiveFleet()
  const { pairing, interrupted, error, again } = usePairingStream(name, first)
  const instance = useInstance(name)
  // The stream of the fleet may be earlier than that of the pairing, or the only one that is open.
  const [wasConnected] = useState(instance?.status === 'connected')
  const isConnected =
    pairing?.state === 'already_connected' || (!wasConnected && instance?.status === 'connected')

  const next = instances?.find((one) => one.name !== name && one.nextStep === 'scan')
  if (isConnected) {
    return (
      <div className="joy" role="status">
        <span className="joy-mark" aria-hidden="true">
          <Icon name="check" />
        </span>
        <p className="joy-title">{w.pair.connectedTitle(name)}</p>
        <p className="quiet">{instance?.paused ? w.action.PAUSED : w.pair.connectedMore}</p>
        <div className="joy-acts">
          {next && (
            <button type="button" className="button" onClick={() => onNext(next.name)}>
              <Icon name="qr" />
              {w.pair.next(next.name)}
            </button>
          )}
          <button type="button" className="button button-plain" onClick={onAnother}>
            {w.pair.another}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              onClose()
              go(numberHash(name))
            }}
          >
            {w.pair.open}
          </button>
          <button type="button" className="button button-main" onClick={onClose}>
            {w.pair.done}
          </button>
        </div>
      </div>
    )
  }
  if (error !== null) return <FailureBox error={error} title={w.pair.pairFailedTitle} onRetry={again} />

  const reason = pairing?.state === 'not_ready' ? pairing.reason : null
  return (
    <div className="pair">
      <div className="pair-code">
        {pairing?.state === 'qr' ? (
          <QrCode key={pairing.code ?? pairing.pairingCode} qr={pairing} />
        ) : (
          <div className="qr qr-none" data-reason={reason ?? 'qr_pending'}>
            {reason === null || reason === 'qr_pending' ? (
              <span className="bone" aria-hidden="true" />
            ) : (
              <Icon name={reason === 'reconnecting' ? 'connecting' : 'warn'} />
            )}
          </div>
        )}
        <p className="pair-waiting" role="status">
          {interrupted ? w.pair.interrupted : pairing?.state === 'qr' ? w.pair.waiting : ''}
        </p>
      </div>
      <div className="pair-words">
        {reason !== null && (
          <div className="pair-reason" role="alert">
            <p className="pair-reason-title">{w.pair.reasons[reason].title}</p>
            <p>{w.pair.reasons[reason].more}</p>
            {reason === 'qr_limit_reached' && (
              <button type="button" className="button button-main" onClick={again}>
                <Icon name="qr" />
                {w.pair.newCode}
              </button>
            )}
          </div>
        )}
        {(reason === null || reason === 'qr_pending' || reason === 'qr_limit_reached') && (
          <>
            <p className="pair-steps-title">{w.pair.stepsTitle}</p>
            <ol className="steps">
              {w.pair.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
            <p className="field-hint">{w.pair.android}</p>
          </>
        )}
        {pairing?.state === 'qr' && (
          <div className="typed-code">
            <p className="pair-steps-title">{w.pair.codeTitle}</p>
            {pairing.pairingCode ? (
              <>
                <p>{w.pair.codeMore}</p>
                <p className="typed-code-figures">{spaced(pairing.pairingCode)}</p>
                <CopyCode code={pairing.pairingCode} />
              </>
            ) : (
              <p className="field-hint">{w.pair.codeNeedsPhone}</p>
            )}
          </div>
        )}
      </div>
    </div>
  )
}

function CopyCode({ code }: { code: string }) {
  const { w } = useSpeech()
  const [copied, setCopied] = useState('')
  // Without a secure context there is no clipboard; the code can still be selected.
  if (!navigator.clipboard) return null
  return (
    <button
      type="button"
      className="button button-small"
      onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(code))}
    >
      {copied === code ? w.pair.copied : w.pair.copy}
    </button>
  )
}

/** ZMFG-RC8P, the form in which WhatsApp shows it. */
function spaced(code: string): string {
  return code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code
}
