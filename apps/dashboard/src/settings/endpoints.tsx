import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import { Icon } from '../design/icon.tsx'
import { NewEndpoint } from './new-endpoint.tsx'
import { Reading } from './reading.tsx'
import { ReceiverEntry } from './receiver-entry.tsx'
import { RemoveQuestion } from './remove-question.tsx'
import { useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 10_000

/** The addresses of programs to which zapfleet posts events. */
export function Endpoints() {
  const { endpoints: words } = useSettingsWords()
  const { trpc, client } = useFleet()
  const [isAdding, setAdding] = useState(false)
  const [removed, setRemoved] = useState<string | null>(null)
  const { data, error, refetch } = useQuery(
    trpc.webhookEndpoint.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
  const changed = trpc.webhookEndpoint.list.pathFilter()
  return (
    <section className="settings-part" aria-label={words.title}>
      <div className="settings-lead">
        <p>{words.lead}</p>
        <button type="button" className="button button-main" onClick={() => setAdding(true)}>
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
          {data.map(({ name, url, events, lastDelivery }) => (
            <ReceiverEntry
              key={name}
              name={name}
              kind={events.map((one) => words.eventWord[one]).join(', ')}
              address={url}
              lastDelivery={lastDelivery}
              words={words}
              test={() => client.webhookEndpoint.test.mutate({ name })}
              changed={changed}
              onRemove={() => setRemoved(name)}
            />
          ))}
        </ul>
      )}
      <NewEndpoint open={isAdding} onClose={() => setAdding(false)} />
      <RemoveQuestion
        name={removed}
        words={words}
        remove={(name) => client.webhookEndpoint.delete.mutate({ name })}
        changed={changed}
        onClose={() => setRemoved(null)}
      />
    </section>
  )
}
