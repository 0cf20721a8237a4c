import { SelectField } from '../design/select-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { ServerOptions } from './server-options.tsx'
import { useServerList } from './use-servers.ts'

/** The choice of the server of a new number, empty for the one with the fewest numbers. Nothing where there is only one server. */
export function ServerField({ value, onChoose }: { value: string; onChoose: (server: string) => void }) {
  const { w } = useSpeech()
  const servers = useServerList()
  if (servers.length === 0) return null
  return (
    <SelectField label={w.servers.label} value={value} onChoose={onChoose} hint={w.servers.hint}>
      <option value="">{w.servers.emptiest}</option>
      <ServerOptions servers={servers} />
    </SelectField>
  )
}
