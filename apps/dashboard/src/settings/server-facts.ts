import type { Server } from '../api/open-client.ts'
import type { Format } from '../words/format.ts'
import type { SettingsWords } from './use-words.ts'

type ServerWords = SettingsWords['servers']

/** The state of a server in a few words. A problem of a newer API stays as it is. */
export function stateWord({ problem }: Pick<Server, 'problem'>, words: ServerWords): string {
  return problem === null ? words.state.usable : (words.state[problem] ?? problem)
}

/** How the events about the messages of a server arrive, and when the last one did. */
export function eventWords(
  { source, lastEventAt }: Server['events'],
  words: ServerWords,
  f: Format,
  nowMs: number,
): string {
  if (source === null || lastEventAt === null) return words.noEvents
  return `${words.events[source] ?? source}, ${words.lastEvent(f.ago(lastEventAt, nowMs))}`
}
