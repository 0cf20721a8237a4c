import { connect, type Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'
import { stretch } from '../laws/stretch.ts'
import { callApi } from '../load/call-api.ts'
import { ADMIN_KEY, BOT_KEY, type Site } from '../site/open-site.ts'
import type { Program } from '../site/run-program.ts'
import type { Fault } from './fault.ts'

const SUBSCRIBERS = 500
const OPEN_WITHIN_MS = 15_000
const HEARD_WITHIN_MS = 5_000
const LORISES = 300
const SLOW_READERS = 60
const ASKS_IN_ONE_BREATH = 20
/** What the process may hold for them, at most. */
const SLOW_READERS_COST_BYTES = 64 * 2 ** 20
const CONTACTS = 100_000

export const subscriptions: Fault = {
  name: 'subscriptions',
  words: `${SUBSCRIBERS} open subscriptions, torn off at once`,
  tells: ['OVERLOADED'],
  feltBy: [],
  recoversWithinMs: 3_000,
  async strike({ site, short }) {
    const many = short ? SUBSCRIBERS / 5 : SUBSCRIBERS
    const heard = new Set<number>()
    let opened = 0
    const sockets = await Promise.all(
      Array.from({ length: many }, async (_, number) => {
        const socket = await say(site, subscription())
        let text = ''
        socket.on('data', (piece) => {
          text += piece
          if (text.includes('"paused":true')) heard.add(number)
        })
        if (await until(() => text.includes('data:'), OPEN_WITHIN_MS * stretch())) opened++
        return socket
      }),
    )
    const pause = (paused: boolean) =>
      callApi(site.address(), ADMIN_KEY, 'instance.update', { name: 'wide-2', paused })
    const told = await pause(true)
    const startedMs = Date.now()
    const all = await until(() => heard.size === many, HEARD_WITHIN_MS * stretch())
    const tookMs = Date.now() - startedMs
    await pause(false)
    for (const socket of sockets) socket.resetAndDestroy()
    return {
      broken: all
        ? []
        : [
            `${heard.size} of ${many} subscribers, of whom ${opened} were open, heard in time of a change that was told ${told.kind === 'answer' ? 'done' : JSON.stringify(told)}`,
          ],
      note: `all heard of a change in ${(tookMs / 1_000).toFixed(1)} s`,
    }
  },
}

export const slowLoris: Fault = {
  name: 'slow-loris',
  words: `${LORISES} connections that never finish their request`,
  tells: [],
  feltBy: [],
  recoversWithinMs: 2_000,
  async strike({ site, holdMs }) {
    const begun = 'POST /trpc/reservation.reserve HTTP/1.1\r\nHost: x\r\nX-A: '
    const sockets = await Promise.all(Array.from({ length: LORISES }, () => say(site, begun)))
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
  words: `${SLOW_READERS} clients that ask and never read`,
  tells: ['OVERLOADED'],
  feltBy: [],
  recoversWithinMs: 2_000,
  async strike({ site, holdMs }) {
    const api = site.apis[0] as Program
    const before = await api.weigh()
    const ask = `GET /trpc/instance.list HTTP/1.1\r\nHost: x\r\nx-api-key: ${BOT_KEY}\r\n\r\n`
    const sockets = await Promise.all(
      Array.from({ length: SLOW_READERS }, async (_, number) => {
        // Half of them subscribe, half ask again and again in one breath.
        const socket = await say(site, number % 2 === 0 ? subscription() : ask.repeat(ASKS_IN_ONE_BREATH))
        return socket.pause()
      }),
    )
    await rest(holdMs)
    const during = await api.weigh()
    for (const socket of sockets) socket.resetAndDestroy()
    const grown = during.heapUsed + during.external - before.heapUsed - before.external
    const words = `${Math.max(0, grown / 2 ** 20).toFixed(0)} MB`
    return {
      broken: grown > SLOW_READERS_COST_BYTES ? [`${SLOW_READERS} slow readers cost ${words}`] : [],
      note: `they cost ${words}`,
    }
  },
}

export const manyContacts: Fault = {
  name: 'many-contacts',
  words: `${CONTACTS.toLocaleString('en')} contacts arrive at once`,
  tells: [],
  feltBy: [],
  recoversWithinMs: 5_000,
  async strike({ site, load, random, holdMs }) {
    await site.database.ask(
      `insert into public.clientes (id, instancia_preferida)
       select 'crowd-' || n, case n % 3 when 0 then 'wide-1' when 1 then 'wide-2' end from generate_series(1, $1::int) n
       on conflict do nothing`,
      [CONTACTS],
    )
    // Each of them is new to the process: nothing that it remembers helps.
    load.draw(() => `crowd-${1 + random.below(CONTACTS)}`)
    const startedMs = Date.now()
    const told = await callApi(site.address(), ADMIN_KEY, 'contact.counts', {}, 'GET')
    const tookMs = Date.now() - startedMs
    await rest(holdMs)
    return {
      broken: told.kind === 'answer' ? [] : [`contact.counts was told ${JSON.stringify(told)}`],
      note: `counted in ${(tookMs / 1_000).toFixed(1)} s`,
    }
  },
}

function subscription(): string {
  return `GET /trpc/instance.onChange?input=%7B%7D HTTP/1.1\r\nHost: x\r\nx-api-key: ${ADMIN_KEY}\r\naccept: text/event-stream\r\n\r\n`
}

/** A connection to the API on which this was said. Its errors are nobody's trouble. */
async function say(site: Site, words: string): Promise<Socket> {
  const { hostname, port } = new URL(site.address())
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(words)
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
