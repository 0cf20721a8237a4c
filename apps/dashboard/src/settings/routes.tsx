import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { AlertRoute } from '../api/open-client.ts'
import { ReceiverList } from './receiver-list.tsx'
import { RouteDialog } from './route-dialog.tsx'
import { type SettingsWords, useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 10_000

/** Where alerts are sent. */
export function Routes() {
  const { routes: words } = useSettingsWords()
  const { trpc, client } = useFleet()
  const [edited, setEdited] = useState<AlertRoute | 'new' | null>(null)
  const { data, error, refetch } = useQuery(
    trpc.alertRoute.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
  return (
    <ReceiverList
      words={words}
      receivers={data?.map((route) => ({
        name: route.name,
        kind: words.kinds[route.kind],
        address: addressOf(route),
        facts: factsOf(route, words).join(' · '),
        lastDelivery: route.lastDelivery,
        change: {
          label: words.change,
          named: words.changeNamed(route.name),
          onChange: () => setEdited(route),
        },
      }))}
      error={error}
      onRetry={refetch}
      onAdd={() => setEdited('new')}
      test={(name) => client.alertRoute.test.mutate({ name })}
      remove={(name) => client.alertRoute.delete.mutate({ name })}
      changed={trpc.alertRoute.list.pathFilter()}
    >
      <RouteDialog value={edited} onClose={() => setEdited(null)} />
    </ReceiverList>
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
