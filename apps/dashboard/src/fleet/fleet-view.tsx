import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useMemo } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import { useNow } from '../api/server-clock.ts'
import { useIsDense } from '../design/density.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { go, useRoute } from '../follow-route.ts'
import { useKnownTags } from '../live/known-tags.ts'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { usePairing } from '../pairing/pairing-dialog.tsx'
import { fleetHash, type List, WHOLE_LIST } from '../route.ts'
import { isOfServer } from '../servers/server-counts.ts'
import '../servers/servers.css'
import { useServerCounts } from '../servers/use-servers.ts'
import { useSpeech } from '../words/speech.tsx'
import { Filters } from './filters.tsx'
import { ListFilter, OnlyThese } from './list-filter.tsx'
import { arrange } from './order.ts'
import { Overview } from './overview.tsx'
import { NumberTable } from './table.tsx'
import { totalsOf } from './totals.ts'
import './overview.css'
import './filters.css'
import './table.css'
import './fleet.css'
import './narrow.css'
import './dense.css'

const COUNTS_EVERY_MS = 60_000

/** All numbers: the figures of the fleet, and each number with its status, its reason, and what to do. */
export function FleetView() {
  const { w } = useSpeech()
  const { trpc } = useFleet()
  const { instances, error, refresh } = useLiveFleet()
  const { list } = useRoute()
  const { filter, tag, server, search, order } = list
  const servers = useServerCounts()
  const known = useKnownTags()
  const [isDense] = useIsDense()
  const nowMs = useNow(10_000)
  const show = (change: Partial<List>, how = {}) => go(fleetHash({ ...list, ...change }), how)
  const { data: counted } = useQuery(
    trpc.contact.counts.queryOptions({}, { refetchInterval: COUNTS_EVERY_MS, staleTime: COUNTS_EVERY_MS }),
  )
  const contacts = useMemo(
    () => new Map(counted?.counts.map(({ name, contacts }) => [name, contacts] as const)),
    [counted],
  )
  // The figures and the filters are those of the pool and of the server.
  const numbers = useMemo(
    () =>
      instances?.filter(
        (one) => (tag === null || one.tags.includes(tag)) && (server === null || isOfServer(one, server)),
      ) ?? [],
    [instances, tag, server],
  )
  const totals = useMemo(() => totalsOf(numbers, nowMs), [numbers, nowMs])
  const wanted = useDeferredValue(search)
  const shown = useMemo(
    () => arrange(numbers, { filter, search: wanted, order, contacts }),
    [numbers, filter, wanted, order, contacts],
  )
  useEffect(() => {
    if (instances !== null) performance.mark('zapfleet:fleet-shown')
  }, [instances !== null])

  if (instances === null) {
    if (error === null) return <FleetSkeleton />
    return <FailureBox error={error} title={w.fleet.failedTitle} onRetry={refresh} />
  }
  if (instances.length === 0) return <NoNumbers />
  return (
    <div data-dense={isDense || undefined}>
      <h1 className="unseen">{w.fleet.title}</h1>
      <OnlyThese
        words={server === null ? null : w.servers.only(server)}
        onClear={() => show({ server: null })}
      />
      <OnlyThese words={tag === null ? null : w.tags.only(tag)} onClear={() => show({ tag: null })} />
      <Overview totals={totals} onAttention={() => show({ filter: 'attention' })} />
      <Filters
        totals={totals}
        shown={shown.length}
        filter={filter}
        onFilter={(filter) => show({ filter })}
        search={search}
        onSearch={(search) => show({ search }, { replace: true })}
        order={order}
        onOrder={(order) => show({ order })}
        more={
          <>
            {(servers.size > 1 || server !== null) && (
              <ListFilter
                words={w.servers}
                chosen={server}
                counts={servers}
                onChoose={(server) => show({ server })}
              />
            )}
            {(known.size > 0 || tag !== null) && (
              <ListFilter words={w.tags} chosen={tag} counts={known} onChoose={(tag) => show({ tag })} />
            )}
          </>
        }
      />
      {shown.length === 0 ? (
        <div className="nothing card">
          <p>{w.fleet.nothingFound}</p>
          <button type="button" className="link" onClick={() => show({ ...WHOLE_LIST, order })}>
            {w.fleet.clear}
          </button>
        </div>
      ) : (
        <NumberTable
          instances={shown}
          contacts={counted === undefined ? null : contacts}
          order={order}
          onOrder={(order) => show({ order })}
          showsServers={servers.size > 1}
        />
      )}
    </div>
  )
}

function NoNumbers() {
  const { w } = useSpeech()
  const mayAct = useMayAct()
  const pairing = usePairing()
  return (
    <section className="empty card">
      <span className="empty-picture" aria-hidden="true">
        <Icon name="qr" />
      </span>
      <h1>{w.fleet.emptyTitle}</h1>
      <p>{mayAct ? w.fleet.emptyMore : w.fleet.emptyViewer}</p>
      {mayAct && (
        <button type="button" className="button button-main" onClick={() => pairing.add()}>
          <Icon name="plus" />
          {w.head.add}
        </button>
      )}
    </section>
  )
}

const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f']

/** Placeholders while the first list is read. */
function FleetSkeleton() {
  const { w } = useSpeech()
  return (
    <div aria-busy="true">
      <p className="unseen" role="status">
        {w.fleet.loading}
      </p>
      <div className="overview" aria-hidden="true">
        <span className="bone bone-card" />
        <span className="bone bone-card" />
        <span className="bone bone-card" />
      </div>
      <div className="bone-rows" aria-hidden="true">
        {SKELETON_ROWS.map((row) => (
          <span key={row} className="bone bone-row" />
        ))}
      </div>
    </div>
  )
}
