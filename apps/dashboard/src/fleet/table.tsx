import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import { useMayAct } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { useIsDense } from '../design/density.ts'
import { Icon } from '../design/icon.tsx'
import { useRoute } from '../follow-route.ts'
import { useSpeech } from '../words/speech.tsx'
import { firstOrder } from './filters.tsx'
import type { Order, Sort } from './order.ts'
import { NumberRow } from './row.tsx'

const COLUMNS = ['name', 'status', 'next', 'hour', 'day', 'priority', 'lastSent', 'contacts'] as const

/** The order of each column; the next step has none. */
const SORT_OF: Partial<Record<(typeof COLUMNS)[number], Sort>> = {
  name: 'name',
  status: 'attention',
  hour: 'hour',
  day: 'day',
  priority: 'priority',
  lastSent: 'lastSent',
  contacts: 'contacts',
}

/** Estimated heights; each row is measured when it is shown. */
const ROW_PX = 69
const DENSE_ROW_PX = 17

/** The numbers as a table that renders only the rows on the screen. */
export function NumberTable(props: {
  instances: readonly Instance[]
  /** Contacts that prefer each number; null until they are counted. */
  contacts: ReadonlyMap<string, number> | null
  order: Order
  onOrder: (order: Order) => void
  showsServers: boolean
}) {
  const { w } = useSpeech()
  const { instances, contacts, order, onOrder, showsServers } = props
  const mayAct = useMayAct()
  const nowMs = useNow(20_000)
  const { list } = useRoute()
  const [isDense] = useIsDense()
  const body = useRef<HTMLDivElement>(null)
  const [scrollMargin, setScrollMargin] = useState(0)
  // Banners above the table change its offset.
  useLayoutEffect(() => {
    const place = () =>
      setScrollMargin(Math.round((body.current?.getBoundingClientRect().top ?? 0) + scrollY))
    place()
    const observer = new ResizeObserver(place)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])
  const rows = useWindowVirtualizer({
    count: instances.length,
    estimateSize: () => (isDense ? DENSE_ROW_PX : ROW_PX),
    overscan: 10,
    scrollMargin,
    getItemKey: (index) => instances[index]?.name ?? index,
  })

  const { measure } = rows
  useLayoutEffect(() => measure(), [isDense, measure])

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which a <table> does not allow
    <div
      className="numbers card"
      role="table"
      aria-label={w.fleet.title}
      aria-rowcount={instances.length + 1}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" className="numbers-head">
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a table's row takes no focus, its link does */}
        <div role="row" aria-rowindex={1} className="number-row">
          {COLUMNS.map((column) => (
            <Heading key={column} column={column} order={order} onOrder={onOrder} />
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" ref={body} className="numbers-body" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const instance = instances[item.index]
          return (
            instance && (
              <NumberRow
                key={item.key}
                ref={rows.measureElement}
                index={item.index}
                offsetPx={item.start - rows.options.scrollMargin}
                instance={instance}
                contacts={contacts === null ? null : (contacts.get(instance.name) ?? 0)}
                nowMs={nowMs}
                mayAct={mayAct}
                list={list}
                showsServer={showsServers}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

function Heading(props: { column: (typeof COLUMNS)[number]; order: Order; onOrder: (order: Order) => void }) {
  const { w } = useSpeech()
  const { column, order, onOrder } = props
  const sort = SORT_OF[column]
  const word = w.fleet.columns[column]
  const isSorted = sort === order.by
  const turn = () => {
    if (sort === undefined) return
    onOrder(isSorted ? { by: sort, descending: !order.descending } : firstOrder(sort))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the table
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it takes the focus
    <div
      role="columnheader"
      className={`cell-${column}`}
      aria-sort={isSorted ? (order.descending ? 'descending' : 'ascending') : undefined}
    >
      {sort === undefined ? (
        word
      ) : (
        <button type="button" className="heading" onClick={turn}>
          {word}
          {isSorted && <Icon name={order.descending ? 'down' : 'up'} />}
        </button>
      )}
    </div>
  )
}
