import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import { NewEndpoint } from './new-endpoint.tsx'
import { ReceiverList } from './receiver-list.tsx'
import { useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 10_000

/** The addresses of programs to which zapfleet posts events. */
export function Endpoints() {
  const { endpoints: words } = useSettingsWords()
  const { trpc, client } = useFleet()
  const [isAdding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(
    trpc.webhookEndpoint.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
  return (
    <ReceiverList
      words={words}
      receivers={data?.map(({ name, url, events, lastDelivery }) => ({
        name,
        kind: events.map((one) => words.eventWord[one]).join(', '),
        address: url,
        lastDelivery,
      }))}
      error={error}
      onRetry={refetch}
      onAdd={() => setAdding(true)}
      test={(name) => client.webhookEndpoint.test.mutate({ name })}
      remove={(name) => client.webhookEndpoint.delete.mutate({ name })}
      changed={trpc.webhookEndpoint.list.pathFilter()}
    >
      <NewEndpoint open={isAdding} onClose={() => setAdding(false)} />
    </ReceiverList>
  )
}
