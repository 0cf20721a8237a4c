import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'
import type { Server } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { useFailureNote } from '../api/use-failure-note.ts'
import { Icon } from '../design/icon.tsx'
import { useNote } from '../design/notes.tsx'
import { fleetHash, WHOLE_LIST } from '../route.ts'
import { DEFAULT_SERVER } from '../servers/server-counts.ts'
import { useSpeech } from '../words/speech.tsx'
import { eventWords, stateWord } from './server-facts.ts'
import { useSettingsWords } from './use-words.ts'

/** A server in its list: its address, its state, its numbers, how events arrive, and the acts on it. */
export function ServerEntry(props: { server: Server; onChange: () => void; onRemove: () => void }) {
  const { servers: words } = useSettingsWords()
  const { server, onChange, onRemove } = props
  const { name, url, problem } = server
  const isDefault = name === DEFAULT_SERVER
  return (
    <li className="entry">
      <div className="entry-words">
        <p className="entry-name">
          <strong>{name}</strong>
          <span className="status" data-tone={problem === null ? 'good' : 'bad'}>
            <Icon name={problem === null ? 'check' : 'warn'} />
            {stateWord(server, words)}
          </span>
        </p>
        <p className="entry-address">{url}</p>
        {problem !== null && <p>{words.advice[problem]}</p>}
        <Facts server={server} />
        {isDefault && <p className="quiet">{words.environment}</p>}
      </div>
      <div className="entry-acts">
        <CheckNow name={name} />
        {!isDefault && (
          <>
            <button
              type="button"
              className="button button-small"
              aria-label={words.changeNamed(name)}
              onClick={onChange}
            >
              {words.change}
            </button>
            <button
              type="button"
              className="button button-small button-danger-quiet"
              aria-label={words.removeNamed(name)}
              onClick={onRemove}
            >
              {words.remove}
            </button>
          </>
        )}
      </div>
    </li>
  )
}

function Facts({ server: { name, version, numbers, events } }: { server: Server }) {
  const { f } = useSpeech()
  const { servers: words } = useSettingsWords()
  const nowMs = useNow(20_000)
  const blind = events.blindNumbers.length
  return (
    <>
      <p className="quiet figures">
        {version !== null && `${words.version(version)} · `}
        {numbers === 0 ? (
          words.noNumbers
        ) : (
          <a href={fleetHash({ ...WHOLE_LIST, server: name })} title={words.showNumbers(name)}>
            {words.numbers(numbers, f.number(numbers))}
          </a>
        )}
        {` · ${eventWords(events, words, f, nowMs)}`}
      </p>
      {blind > 0 && <p className="entry-error">{words.blind(blind, f.number(blind))}</p>}
    </>
  )
}

function CheckNow({ name }: { name: string }) {
  const { servers: words } = useSettingsWords()
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const note = useNote()
  const showFailure = useFailureNote()
  const check = useMutation({
    mutationFn: () => client.server.check.mutate({ name }),
    onSuccess(server) {
      const title = words.checked(name, stateWord(server, words))
      note(server.problem === null ? { title } : { kind: 'bad', title, more: words.advice[server.problem] })
    },
    onError: showFailure,
    onSettled: () => queryClient.invalidateQueries(trpc.server.list.pathFilter()),
  })
  return (
    <button
      type="button"
      className="button button-small"
      aria-label={check.isPending ? undefined : words.checkNamed(name)}
      disabled={check.isPending}
      onClick={() => check.mutate()}
    >
      {check.isPending ? words.checking : words.check}
    </button>
  )
}
