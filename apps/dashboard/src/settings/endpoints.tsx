import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { WebhookEndpoint } from '../api/open-client.ts'
import { useFailureNote } from '../api/use-failure-note.ts'
import { Icon } from '../design/icon.tsx'
import { useNote } from '../design/notes.tsx'
import { Delivery } from './delivery.tsx'
import { NewEndpoint } from './new-endpoint.tsx'
import { Reading } from './reading.tsx'
import { RemoveQuestion } from './remove-question.tsx'
import { useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 10_000

/** The addresses of programs to which zapfleet posts events. */
export function Endpoints() {
  const s = useSettingsWords()
  const { trpc, client } = useFleet()
  const [isAdding, setAdding] = useState(false)
  const [removed, setRemoved] = useState<WebhookEndpoint | null>(null)
  const { data, error, refetch } = useQuery(
    trpc.webhookEndpoint.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
  return (
    <section className="settings-part" aria-label={s.endpoints.title}>
      <div className="settings-lead">
        <p>{s.endpoints.lead}</p>
        <button type="button" className="button button-main" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {s.endpoints.add}
        </button>
      </div>
      {data === undefined ? (
        <Reading error={error} onRetry={refetch} />
      ) : data.length === 0 ? (
        <div className="settings-empty card">
          <h2>{s.endpoints.emptyTitle}</h2>
          <p>{s.endpoints.emptyMore}</p>
        </div>
      ) : (
        <ul className="entries card">
          {data.map((one) => (
            <Endpoint key={one.name} endpoint={one} onRemove={() => setRemoved(one)} />
          ))}
        </ul>
      )}
      <NewEndpoint open={isAdding} onClose={() => setAdding(false)} />
      <RemoveQuestion
        name={removed?.name ?? null}
        words={s.endpoints}
        remove={(name) => client.webhookEndpoint.delete.mutate({ name })}
        changed={trpc.webhookEndpoint.list.pathFilter()}
        onClose={() => setRemoved(null)}
      />
    </section>
  )
}

function Endpoint({ endpoint, onRemove }: { endpoint: WebhookEndpoint; onRemove: () => void }) {
  const s = useSettingsWords()
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const note = useNote()
  const showFailure = useFailureNote()
  const { name, url, events, lastDelivery } = endpoint
  const test = useMutation({
    mutationFn: () => client.webhookEndpoint.test.mutate({ name }),
    onSuccess: ({ lastDelivery: result }) =>
      note(
        result?.ok
          ? { title: s.endpoints.testOk(name) }
          : { kind: 'bad', title: s.endpoints.testFailed(name), more: result?.error ?? null },
      ),
    onError: showFailure,
    onSettled: () => queryClient.invalidateQueries(trpc.webhookEndpoint.list.pathFilter()),
  })
  return (
    <li className="entry">
      <div className="entry-words">
        <p className="entry-name">
          <strong>{name}</strong>
          <span className="entry-kind">{events.map((one) => s.endpoints.eventWord[one]).join(', ')}</span>
        </p>
        <p className="entry-address">{url}</p>
        <Delivery value={lastDelivery} words={s.endpoints} />
      </div>
      <div className="entry-acts">
        <button
          type="button"
          className="button button-small"
          aria-label={s.endpoints.testNamed(name)}
          disabled={test.isPending}
          onClick={() => test.mutate()}
        >
          {test.isPending ? s.endpoints.testing : s.endpoints.test}
        </button>
        <button
          type="button"
          className="button button-small button-danger-quiet"
          aria-label={s.endpoints.removeNamed(name)}
          onClick={onRemove}
        >
          {s.endpoints.remove}
        </button>
      </div>
    </li>
  )
}
