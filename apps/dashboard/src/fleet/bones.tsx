import { useSpeech } from '../words/speech.tsx'

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f']

/** The shape of the view while the fleet is read. */
export function FleetBones() {
  const { w } = useSpeech()
  return (
    <div aria-busy="true">
      <p className="unseen" role="status">
        {w.fleet.loading}
      </p>
      <div className="overview" aria-hidden="true">
        <span className="bone bone-card" />
        <span className="bone bone-card" />
        <span className="bone bone-card" />
      </div>
      <div className="bone-rows" aria-hidden="true">
        {ROWS.map((row) => (
          <span key={row} className="bone bone-row" />
        ))}
      </div>
    </div>
  )
}
