import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { AlertRoute } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { Reading } from './reading.tsx'
import { ReceiverEntry } from './receiver-entry.tsx'
import { RemoveQuestion } from './remove-question.tsx'
import { RouteDialog } from './route-dialog.tsx'
import { type SettingsWords, useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 10_000

/** Where alerts are sent. */
export function Routes() {
  const { routes: words } = useSettingsWords()
  const { trpc, client } = useFleet()
  const [edited, setEdited] = useState<AlertRoute | 'new' | null>(null)
  const [removed, setRemoved] = useState<string | null>(null)
  const { data, error, refetch } = useQuery(
    trpc.alertRoute.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
  const changed = trpc.alertRoute.list.pathFilter()
  return (
    <section className="settings-part" aria-label={words.title}>
      <div className="settings-lead">
        <p>{words.lead}</p>
        <button type="button" className="button button-main" onClick={() => setEdited('new')}>
          <Icon name="plus" />
          {words.add}
        </button>
      </div>
      {data === undefined ? (
        <Reading error={error} onRetry={refetch} />
      ) : data.length === 0 ? (
        <div className="settings-empty card">
          <h2>{words.emptyTitle}</h2>
          <p>{words.emptyMore}</p>
        </div>
      ) : (
        <ul className="entries card">
          {data.map((route) => (
            <ReceiverEntry
              key={route.name}
              name={route.name}
              kind={words.kinds[route.kind]}
              address={addressOf(route)}
              facts={factsOf(route, words).join(' · ')}
              lastDelivery={route.lastDelivery}
              words={words}
              test={() => client.alertRoute.test.mutate({ name: route.name })}
              changed={changed}
              change={{
                label: words.change,
                named: words.changeNamed(route.name),
                onChange: () => setEdited(route),
              }}
              onRemove={() => setRemoved(route.name)}
            />
          ))}
        </ul>
      )}
      <RouteDialog value={edited} onClose={() => setEdited(null)} />
      <RemoveQuestion
        name={removed}
        words={words}
        remove={(name) => client.alertRoute.delete.mutate({ name })}
        changed={changed}
        onClose={() => setRemoved(null)}
      />
    </section>
  )
}

/** The part of an address that the API shows. */
function addressOf({ address: { to, chatId, host } }: AlertRoute): string {
  if (to !== null) return host === null ? to.join(', ') : `${to.join(', ')} (${host})`
  return chatId ?? host ?? ''
}

function factsOf(
  { minSeverity, quietHours, language }: AlertRoute,
  words: SettingsWords['routes'],
): string[] {
  return [
    words.severityWord[minSeverity],
    ...(quietHours === null ? [] : [words.quietWord(quietHours.from, quietHours.to)]),
    words.languages[language],
  ]
}
