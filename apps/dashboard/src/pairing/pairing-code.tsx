import { useState } from 'react'
import { Icon } from '../design/icon.tsx'
import type { Words } from '../words/en.ts'
import { useSpeech } from '../words/speech.tsx'
import { QrCode } from './qr-code.tsx'
import type { PairingProgress } from './use-pairing-stream.ts'

/** The code to scan with what to do on the phone, or why there is none at present. `reasons`: other words for why. */
export function PairingCode(props: { progress: PairingProgress; reasons?: Words['pair']['reasons'] }) {
  const { w } = useSpeech()
  const { progress, reasons = w.pair.reasons } = props
  const { pairing, interrupted, again } = progress
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
            <p className="pair-reason-title">{reasons[reason].title}</p>
            <p>{reasons[reason].more}</p>
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
