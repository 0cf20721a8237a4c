import { FILTERS, type Filter, type Order, SORTS } from './fleet/order.ts'

/** The list of numbers: a filter, the tag that they have, the server that they are on or move to (null: any), a search text, and an order. */
export type List = {
  filter: Filter
  tag: string | null
  server: string | null
  search: string
  order: Order
}

/** The view and its list, as the address after # names them. */
export type Route = {
  view: 'fleet' | 'contacts' | 'messages' | 'ask' | 'alerts' | 'settings'
  number: string | null
  list: List
}

export const WHOLE_LIST: List = {
  filter: 'all',
  tag: null,
  server: null,
  search: '',
  order: { by: 'attention', descending: false },
}

/**
 * `#/`, `#/contacts`, `#/messages`, `#/messages/<id>`, `#/ask`, `#/alerts`, `#/settings`, `#/settings/<section>`, `#/numbers/<name>`, each with a
 * query after it. Any other address is the fleet.
 */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash)
  const list = readList(query)
  if (path === CONTACTS_HASH) return { view: 'contacts', number: null, list }
  if (isBelow(path, MESSAGES_HASH)) return { view: 'messages', number: null, list }
  if (path === ALERTS_HASH) return { view: 'alerts', number: null, list }
  if (isBelow(path, SETTINGS_HASH)) return { view: 'settings', number: null, list }
  if (path === ASK_HASH) return { view: 'ask', number: null, list }
  const [, encoded] = /^#\/numbers\/(.+)$/.exec(path) ?? []
  return { view: 'fleet', number: encoded === undefined ? null : decode(encoded), list }
}

/** Whether a path is that of a place, or of something in it. */
function isBelow(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

function splitOnce(hash: string): [string, string] {
  const at = hash.indexOf('?')
  return at === -1 ? [hash, ''] : [hash.slice(0, at), hash.slice(at + 1)]
}

function readList(query: string): List {
  const given = new URLSearchParams(query)
  const sort = given.get('sort') ?? ''
  const descending = sort.startsWith('-')
  const by = SORTS.find((one) => one === sort.replace('-', ''))
  return {
    filter: FILTERS.find((one) => one === given.get('filter')) ?? 'all',
    tag: given.get('tag') || null,
    server: given.get('server') || null,
    search: given.get('q') ?? '',
    order: by ? { by, descending } : WHOLE_LIST.order,
  }
}

function queryOf({ filter, tag, server, search, order }: List): string {
  const query = new URLSearchParams()
  if (filter !== 'all') query.set('filter', filter)
  if (tag !== null) query.set('tag', tag)
  if (server !== null) query.set('server', server)
  if (search !== '') query.set('q', search)
  if (order.by !== 'attention' || order.descending)
    query.set('sort', `${order.descending ? '-' : ''}${order.by}`)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const FLEET_HASH = '#/'
export const CONTACTS_HASH = '#/contacts'
export const MESSAGES_HASH = '#/messages'
export const ASK_HASH = '#/ask'
export const ALERTS_HASH = '#/alerts'
export const SETTINGS_HASH = '#/settings'

/** The address of the fleet with this list. */
export function fleetHash(list: List): string {
  return `${FLEET_HASH}${queryOf(list)}`
}

/** The address of the view of a number, over the present list. */
export function numberHash(name: string, list: List = WHOLE_LIST): string {
  return `#/numbers/${encodeURIComponent(name)}${queryOf(list)}`
}
