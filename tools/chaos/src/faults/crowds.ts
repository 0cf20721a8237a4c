import { connect, type Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'
import { loadFactor } from '../invariants/load-factor.ts'
import { callApi } from '../load/call-api.ts'
import { ADMIN_KEY, BOT_KEY, type Site } from '../site/open-site.ts'
import type { Program } from '../site/run-program.ts'
import type { Fault } from './fault.ts'

const SUBSCRIBERS = 500
const OPEN_WITHIN_MS = 15_000
const RECEIVED_WITHIN_MS = 5_000
const LORISES = 300
const SLOW_READERS = 60
const REQUESTS_AT_ONCE = 20
/** The most memory that the process may hold for them. */
const SLOW_READERS_COST_BYTES = 64 * 2 ** 20
const CONTACTS = 100_000

export const subscriptions: Fault = {
  name: 'subscriptions',
  title: `${SUBSCRIBERS} open subscriptions, torn off at once`,
  allowedErrors: ['OVERLOADED'],
  noticedBy: [],
  recoversWithinMs: 3_000,
  async strike({ site, short }) {
    const many = short ? SUBSCRIBERS / 5 : SUBSCRIBERS
    const received = new Set<number>()
    let opened = 0
    const sockets = await Promise.all(
      Array.from({ length: many }, async (_, number) => {
        const socket = await send(site, subscription())
        let text = ''
        socket.on('data', (piece) => {
          text += piece
          if (text.includes('"paused":true')) received.add(number)
        })
        if (await until(() => text.includes('data:'), OPEN_WITHIN_MS * loadFactor())) opened++
        return socket
      }),
    )
    const pause = (paused: boolean) =>
      callApi(site.address(), ADMIN_KEY, 'instance.update', { name: 'wide-2', paused })
    const reply = await pause(true)
    const startedMs = Date.now()
    const all = await until(() => received.size === many, RECEIVED_WITHIN_MS * loadFactor())
    const tookMs = Date.now() - startedMs
    await pause(false)
    for (const socket of sockets) socket.resetAndDestroy()
    return {
      broken: all
        ? []
        : [
            `${received.size} of ${many} subscribers, of whom ${opened} were open,received a change in time that got ${reply.kind === 'answer' ? 'done' : JSON.stringify(reply)}`,
          ],
      note: `all received a change in ${(tookMs / 1_000).toFixed(1)} s`,
    }
  },
}

export const slowLoris: Fault = {
  name: 'slow-loris',
  title: `${LORISES} connections that never finish their request`,
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 2_000,
  async strike({ site, holdMs }) {
    const begun = 'POST /trpc/reservation.reserve HTTP/1.1\r\nHost: x\r\nX-A: '
    const sockets = await Promise.all(Array.from({ length: LORISES }, () => send(site, begun)))
    const untilMs = Date.now() + holdMs
    while (Date.now() < untilMs) {
      for (const socket of sockets) if (!socket.destroyed) socket.write('a')
      await rest(250)
    }
    for (const socket of sockets) socket.destroy()
    return undefined
  },
}

export const slowReaders: Fault = {
  name: 'slow-readers',
  title: `${SLOW_READERS} clients that request and never read`,
  allowedErrors: ['OVERLOADED'],
  noticedBy: [],
  recoversWithinMs: 2_000,
  async strike({ site, holdMs }) {
    const api = site.apis[0] as Program
    const before = await api.weigh()
    const request = `GET /trpc/instance.list HTTP/1.1\r\nHost: x\r\nx-api-key: ${BOT_KEY}\r\n\r\n`
    const sockets = await Promise.all(
      Array.from({ length: SLOW_READERS }, async (_, number) => {
        // Half of them subscribe, half repeat a call without a pause.
        const socket = await send(site, number % 2 === 0 ? subscription() : request.repeat(REQUESTS_AT_ONCE))
        return socket.pause()
      }),
    )
    await rest(holdMs)
    const during = await api.weigh()
    for (const socket of sockets) socket.resetAndDestroy()
    const grown = during.heapUsed + during.external - before.heapUsed - before.external
    const text = `${Math.max(0, grown / 2 ** 20).toFixed(0)} MB`
    return {
      broken: grown > SLOW_READERS_COST_BYTES ? [`${SLOW_READERS} slow readers cost ${text}`] : [],
      note: `they cost ${text}`,
    }
  },
}

export const manyContacts: Fault = {
  name: 'many-contacts',
  title: `${CONTACTS.toLocaleString('en')} contacts arrive at once`,
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 5_000,
  async strike({ site, load, random, holdMs }) {
    await site.database.query(
      `insert into public.clientes (id, instancia_preferida)
       select 'crowd-' || n, case n % 3 when 0 then 'wide-1' when 1 then 'wide-2' end from generate_series(1, $1::int) n
       on conflict do nothing`,
      [CONTACTS],
    )
    // Each key is new to the process, so no cache helps.
    load.draw(() => `crowd-${1 + random.below(CONTACTS)}`)
    const startedMs = Date.now()
    const reply = await callApi(site.address(), ADMIN_KEY, 'contact.counts', {}, 'GET')
    const tookMs = Date.now() - startedMs
    await rest(holdMs)
    return {
      broken: reply.kind === 'answer' ? [] : [`contact.counts got ${JSON.stringify(reply)}`],
      note: `counted in ${(tookMs / 1_000).toFixed(1)} s`,
    }
  },
}

function subscription(): string {
  return `GET /trpc/instance.onChange?input=%7B%7D HTTP/1.1\r\nHost: x\r\nx-api-key: ${ADMIN_KEY}\r\naccept: text/event-stream\r\n\r\n`
}

/** A connection to the API that sends this text. Its errors are ignored. */
async function send(site: Site, text: string): Promise<Socket> {
  const { hostname, port } = new URL(site.address())
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(text)
  return socket
}

async function until(isSo: () => boolean, withinMs: number): Promise<boolean> {
  const untilMs = Date.now() + withinMs
  while (!isSo()) {
    if (Date.now() > untilMs) return false
    await rest(20)
  }
  return true
}
