import { useSpeech } from '../words/speech.tsx'
import './servers.css'

/** A choice of one server; nothing where there is only one. */
export function ServerFilter(props: {
  /** The chosen one; null: any. */
  server: string | null
  /** Every server with how many numbers it has. */
  servers: ReadonlyMap<string, number>
  onServer: (server: string | null) => void
}) {
  const { w, f } = useSpeech()
  const { server, servers, onServer } = props
  if (servers.size < 2 && server === null) return null
  // The server of an address may have been removed.
  const choices = server === null || servers.has(server) ? [...servers] : [...servers, [server, 0] as const]
  return (
    <select
      className="input server-filter"
      aria-label={w.servers.filter}
      data-set={server !== null || undefined}
      value={server ?? ''}
      onChange={(event) => onServer(event.target.value || null)}
    >
      <option value="">{w.servers.all}</option>
      {choices.map(([one, count]) => (
        <option key={one} value={one}>
          {w.servers.one(one, f.number(count))}
        </option>
      ))}
    </select>
  )
}

/** That the list holds the numbers of one server. */
export function OnlyServer({ server, onClear }: { server: string | null; onClear: () => void }) {
  const { w } = useSpeech()
  if (server === null) return null
  return (
    <p className="of-server">
      <span>{w.servers.only(server)}</span>
      <button type="button" className="link" onClick={onClear}>
        {w.fleet.clear}
      </button>
    </p>
  )
}
