import type { Server } from '../api/open-client.ts'
import { useSpeech } from '../words/speech.tsx'

/** Servers as options of a list: each with its numbers, or that it cannot be used now. */
export function ServerOptions({ servers }: { servers: readonly Server[] }) {
  const { w, f } = useSpeech()
  return servers.map(({ name, problem, numbers }) => (
    <option key={name} value={name}>
      {problem === null
        ? w.servers.option(name, numbers, f.number(numbers))
        : problem === 'unreachable'
          ? w.servers.optionAway(name)
          : w.servers.optionUnusable(name)}
    </option>
  ))
}
