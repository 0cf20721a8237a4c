import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { FailureBox } from '../look/failure-box.tsx'
import { Icon } from '../look/icon.tsx'
import { usePairing } from '../pairing/pairing-dialog.tsx'
import { useSpeech } from '../words/speech.tsx'
import { FleetBones } from './bones.tsx'
import { Filters } from './filters.tsx'
import { arrange, type Filter, type Order } from './order.ts'
import { Overview } from './overview.tsx'
import { NumberTable } from './table.tsx'
import { totalsOf } from './totals.ts'
import './fleet.css'

const COUNTS_EVERY_MS = 60_000

/** All numbers: the whole in figures, and each with how it is, why, and what to do. */
export function FleetView() {
  const { w } = useSpeech()
  const { trpc } = useFleet()
  const { fleet } = useLiveFleet()
  const [filter, setFilter] = useState<Filter>('all')
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<Order>({ by: 'attention', descending: false })
  const { data: counted } = useQuery(
    trpc.contact.counts.queryOptions({}, { refetchInterval: COUNTS_EVERY_MS, staleTime: COUNTS_EVERY_MS }),
  )
  const contacts = useMemo(
    () => new Map(counted?.counts.map(({ name, contacts }) => [name, contacts] as const)),
    [counted],
  )
  const instances = fleet.data
  const totals = useMemo(() => totalsOf(instances ?? []), [instances])
  const wanted = useDeferredValue(search)
  const shown = useMemo(
    () => arrange(instances ?? [], { filter, search: wanted, order, contacts }),
    [instances, filter, wanted, order, contacts],
  )
  useEffect(() => {
    if (instances !== undefined) performance.mark('zapfleet:fleet-shown')
  }, [instances !== undefined])

  if (instances === undefined) {
    if (!fleet.isError) return <FleetBones />
    return <FailureBox error={fleet.error} title={w.fleet.failedTitle} onRetry={() => fleet.refetch()} />
  }
  if (instances.length === 0) return <NoNumbers />
  return (
    <>
      <h1 className="unseen">{w.fleet.title}</h1>
      <Overview totals={totals} onAttention={() => setFilter('attention')} />
      <Filters
        totals={totals}
        shown={shown.length}
        filter={filter}
        onFilter={setFilter}
        search={search}
        onSearch={setSearch}
        order={order}
        onOrder={setOrder}
      />
      {shown.length === 0 ? (
        <div className="nothing card">
          <p>{w.fleet.nothingFound}</p>
          <button
            type="button"
            className="link"
            onClick={() => {
              setFilter('all')
              setSearch('')
            }}
          >
            {w.fleet.clear}
          </button>
        </div>
      ) : (
        <NumberTable
          instances={shown}
          contacts={counted === undefined ? null : contacts}
          order={order}
          onOrder={setOrder}
        />
      )}
    </>
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
