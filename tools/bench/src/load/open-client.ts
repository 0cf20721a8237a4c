import { randomBytes } from 'node:crypto'
import { createTRPCClient, httpLink } from '@trpc/client'
import { createFleetClient, type FleetRouter } from '@zapfleet/client'
import { type Fleet, openFleet, reserve, silentLog } from '@zapfleet/core'
import { Pool } from 'undici'
import { TIME_ZONE } from '../arena.ts'
import { noEvolution } from '../contestants/reserve.ts'
import { anyContact } from '../population.ts'
import type { Call } from './drive.ts'
import type { Order } from './load-process.ts'

type OpenClient = { call: Call; close(): Promise<void> }

/**
 * Opens the client that an order names: bare HTTP with a connection for each caller, tRPC's bare client, or `@zapfleet/client`.
 */
export function openClient(order: Order): OpenClient {
  const { procedure } = order
  if (procedure === 'reads') return openReads(order)
  if (procedure === 'wrong keys') return openWrongKeys(order)
  if (order.client === 'fleet') return openEngine(order)
  return order.client === 'http' ? openHttp(order, procedure) : openTrpcClient(order)
}

const fleets = new Map<string, Promise<Fleet>>()

/** The engine in this process. It stays open for the next stretches, with what it has read, until the process ends. */
function openEngine({ address }: Order): OpenClient {
  const fleet =
    fleets.get(address) ??
    openFleet({ databaseUrl: address, timeZone: TIME_ZONE, evolution: noEvolution, log: silentLog })
  fleets.set(address, fleet)
  return {
    call: async () => reserve(await fleet, { contactId: anyContact(), strategy: 'sticky' }),
    close: async () => {},
  }
}

const PATHS = {
  reserve: '/trpc/reservation.reserve',
  // The API answers a lone mutation itself, and leaves any other form of its address to the adapter.
  'reserve by adapter': '/trpc/reservation.reserve?by=adapter',
  'bare route': '/health/live',
  'no-op': '/noop/nothing',
  send: '/trpc/message.send',
  gateway: '/message/sendText/number-1',
} as const

function bodyOf(procedure: keyof typeof PATHS): object | null {
  if (procedure === 'bare route') return null
  if (procedure === 'gateway') return { number: anyContact(), text: TEXT }
  // A contact's messages go one after the other, so each call has a contact of its own.
  return procedure === 'send'
    ? { to: `55119${String(Math.random()).slice(2, 10)}`, text: TEXT }
    : { contactId: anyContact() }
}

const TEXT = 'Your order has left our store and arrives tomorrow.'

function openHttp({ address, apiKey, callers }: Order, procedure: keyof typeof PATHS): OpenClient {
  const pool = new Pool(address, { connections: callers, pipelining: 1 })
  const path = PATHS[procedure]
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey }
  return {
    async call() {
      const input = bodyOf(procedure)
      const answer = await pool.request(
        input === null
          ? { method: 'GET', path }
          : { method: 'POST', path, headers, body: JSON.stringify(input) },
      )
      const text = await answer.body.text()
      if (answer.statusCode !== 200 && answer.statusCode !== 201)
        throw new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`)
    },
    close: () => pool.close(),
  }
}

/** Reads all numbers, `batch` times in one request. A batch that the API refuses in part is a failed call. */
function openReads({ address, apiKey, callers, batch = 1 }: Order): OpenClient {
  const pool = new Pool(address, { connections: callers, pipelining: 1 })
  const path = `/trpc/${Array(batch).fill('instance.list').join(',')}?batch=1`
  return {
    async call() {
      const answer = await pool.request({ method: 'GET', path, headers: { 'x-api-key': apiKey } })
      const text = await answer.body.text()
      if (answer.statusCode !== 200)
        throw new Error(`a batch of reads answered ${answer.statusCode}: ${text.slice(0, 300)}`)
    },
    close: () => pool.close(),
  }
}

/** A well-formed key that does not exist, new in each call. A refusal counts as success. */
function openWrongKeys({ address, callers }: Order): OpenClient {
  const pool = new Pool(address, { connections: callers, pipelining: 1 })
  return {
    async call() {
      const key = `zf_bot_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`
      const answer = await pool.request({
        method: 'GET',
        path: '/trpc/key.whoAmI',
        headers: { 'x-api-key': key },
      })
      await answer.body.dump()
      if (answer.statusCode !== 401 && answer.statusCode !== 429)
        throw new Error(`a wrong key was answered ${answer.statusCode}`)
    },
    close: () => pool.close(),
  }
}

function openTrpcClient({ address, apiKey, client, procedure }: Order): OpenClient {
  if (procedure !== 'reserve') throw new Error('The tRPC client has the procedures of the API only.')
  const trpc =
    client !== 'httpLink'
      ? createFleetClient({ url: address, apiKey, batch: client === 'fleetClient' })
      : createTRPCClient<FleetRouter>({
          links: [httpLink({ url: `${address}/trpc`, headers: { 'x-api-key': apiKey } })],
        })
  return {
    call: () => trpc.reservation.reserve.mutate({ contactId: anyContact() }),
    close: async () => {},
  }
}
