import { type ReactNode, useEffect, useId, useRef } from 'react'
import type { Status } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { TONES } from '../design/status.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Filter, type Order, SORTS, type Sort } from './order.ts'
import type { Totals } from './totals.ts'

const STATUSES: readonly Status[] = ['connected', 'connecting', 'disconnected', 'banned', 'unknown']

/** Counts by status that are filters too, the search, and on small screens the order. The key `/` focuses the search. */
export function Filters(props: {
  totals: Totals
  shown: number
  filter: Filter
  onFilter: (filter: Filter) => void
  search: string
  onSearch: (search: string) => void
  order: Order
  onOrder: (order: Order) => void
  /** Further filters. */
  more: ReactNode
}) {
  const { w, f } = useSpeech()
  const { totals, shown, filter, onFilter, search, onSearch, order, onOrder, more } = props
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=dialog]')
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing) return
      event.preventDefault()
      field.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  const choices: { filter: Filter; word: string; count: number; tone?: string; always?: boolean }[] = [
    { filter: 'all', word: w.fleet.all, count: totals.total, always: true },
    { filter: 'attention', word: w.fleet.attention, count: totals.attention },
    ...STATUSES.map((status) => ({
      filter: status,
      word: w.status[status],
      count: totals.byStatus[status],
      tone: TONES[status],
    })),
    { filter: 'paused', word: w.fleet.paused, count: totals.paused },
  ]
  return (
    <div className="filters">
      <fieldset className="chips">
        <legend className="unseen">{w.fleet.filters}</legend>
        {choices
          .filter((one) => one.always || one.count > 0 || one.filter === filter)
          .map((one) => (
            <button
              key={one.filter}
              type="button"
              className="chip"
              data-tone={one.tone}
              aria-pressed={filter === one.filter}
              onClick={() => onFilter(filter === one.filter ? 'all' : one.filter)}
            >
              {one.tone && <span className="chip-dot" aria-hidden="true" />}
              {one.word}
              <span className="chip-count figures">{f.number(one.count)}</span>
            </button>
          ))}
      </fieldset>
      <p className="unseen" role="status">
        {w.fleet.shown(f.number(shown), f.number(totals.total))}
      </p>
      <div className="filters-end">
        {more}
        <label className="sorting" htmlFor={`${id}-sort`}>
          <span className="unseen">{w.fleet.sortBy}</span>
          <select
            id={`${id}-sort`}
            className="input"
            value={order.by}
            onChange={(event) => onOrder(firstOrder(event.target.value as Sort))}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {w.fleet.sorts[sort]}
              </option>
            ))}
          </select>
        </label>
        <label className="search" htmlFor={`${id}-search`}>
          <Icon name="search" />
          <span className="unseen">{w.fleet.search}</span>
          <input
            ref={field}
            id={`${id}-search`}
            className="input"
            type="search"
            value={search}
            placeholder={w.fleet.searchHint}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onSearch(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && onSearch('')}
          />
          <span className="search-key" aria-hidden="true">
            /
          </span>
        </label>
      </div>
    </div>
  )
}

/** The first direction of a sort: names from A, counts from the highest. */
export function firstOrder(by: Sort): Order {
  return { by, descending: by !== 'name' && by !== 'attention' }
}
