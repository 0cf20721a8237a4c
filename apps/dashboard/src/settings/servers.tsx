import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { Server } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { Reading } from './reading.tsx'
import { RemoveQuestion } from './remove-question.tsx'
import { ServerDialog } from './server-dialog.tsx'
import { ServerEntry } from './server-entry.tsx'
import { useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 15_000

/** The Evolution servers; where there is only one, what a second is for and how to begin. */
export function Servers() {
  const { servers: words } = useSettingsWords()
  const { trpc, client } = useFleet()
  const [edited, setEdited] = useState<Server | 'new' | null>(null)
  const [removed, setRemoved] = useState<string | null>(null)
  const { data, error, refetch } = useQuery(
    trpc.server.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
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
      ) : (
        <ul className="entries card">
          {data.map((server) => (
            <ServerEntry
              key={server.name}
              server={server}
              onChange={() => setEdited(server)}
              onRemove={() => setRemoved(server.name)}
            />
          ))}
        </ul>
      )}
      {data?.length === 1 && (
        <div className="settings-empty card">
          <h2>{words.oneTitle}</h2>
          <p>{words.oneMore}</p>
        </div>
      )}
      <ServerDialog value={edited} onClose={() => setEdited(null)} />
      <RemoveQuestion
        name={removed}
        words={words}
        remove={(name) => client.server.remove.mutate({ name })}
        changed={trpc.server.list.pathFilter()}
        sentences={{ CONFLICT: words.hasNumbers }}
        onClose={() => setRemoved(null)}
      />
    </section>
  )
}
