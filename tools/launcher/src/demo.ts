import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { call } from './demo-api.ts'
import { DEMO_NUMBERS, type DemoNumber, demoContacts, nextSender, type Seen } from './demo-numbers.ts'
import { givingWay } from './giving-way.ts'
import { openLog } from './open-log.ts'

/** Where the demo acts: the API with the admin's key, and the control door of the simulator with its key. */
export type DemoOptions = {
  url: string
  adminKey: string
  simulatorUrl: string
  simulatorKey: string
  dataDir: string
}

/** A running demo. `made` resolves when its numbers stand there, connected, or could not be made; `stop` ends it at once. */
export type Demo = { made: Promise<void>; stop(): void }

/** What a data folder remembers of its demo: the numbers made by it, and whether it has made all it will ever make. */
type Marker = { made: string[]; complete: boolean }

/** The number whose QR code nobody scans, unless a visitor does. */
export const WAITING_NUMBER = DEMO_NUMBERS.find((number) => number.life === 'waiting')?.name ?? ''

/** From one message of the demo to the next, in ms: this, and up to as much again. */
const PAUSE_MS = 9000

/**
 * Makes the example numbers once per data folder, and lets those that still exist send a little. Everything goes over
 * the doors that visitors use; only numbers that the demo made are touched. Trouble goes to logs/demo.log and stops nobody.
 */
export function startDemo(options: DemoOptions): Demo {
  const stopping = new AbortController()
  const { signal } = stopping
  const log = openLog(join(options.dataDir, 'logs', 'demo.log'))
  const markerFile = join(options.dataDir, 'demo.json')

  let tellMade: () => void = () => undefined
  const made = new Promise<void>((resolve) => {
    tellMade = resolve
  })
  live()
    .catch((error: Error) => signal.aborted || log.write(error.stack ?? error.message))
    .finally(() => {
      tellMade()
      log.close()
    })
  return { made, stop: () => stopping.abort() }

  async function live(): Promise<void> {
    const marker = readMarker()
    const wasComplete = marker.complete
    if (!wasComplete) await makeNumbers(marker)
    tellMade()
    if (!wasComplete) await giveHistory(marker)
    else if (marker.made.includes(WAITING_NUMBER)) await attempt(showQrCode)
    const senders = new Set(
      marker.made.filter((name) => DEMO_NUMBERS.some((one) => one.name === name && one.life === 'sending')),
    )
    const giveWay = givingWay()
    while (!signal.aborted) {
      await attempt(async () => {
        const seen = (await query('instance.list')) as Seen[]
        const name = nextSender(seen, giveWay.without(seen, senders, Date.now()), Math.random())
        if (name) giveWay.sent((await mutate('instance.recordSend', { name })) as Seen)
      })
      await sleep(PAUSE_MS + Math.random() * PAUSE_MS, null, { signal }).catch(() => null)
    }
  }

  async function makeNumbers(marker: Marker): Promise<void> {
    await Promise.all(
      DEMO_NUMBERS.filter(({ name }) => !marker.made.includes(name)).map((number) =>
        attempt(async () => {
          const { life, contacts, ...input } = number
          await mutate('instance.create', input)
          marker.made.push(number.name)
          writeMarker(marker)
          await giveLife(number)
        }),
      ),
    )
    writeMarker({ ...marker, complete: true })
    await attempt(() => mutate('health.checkAll', {}))
  }

  /** A first look with some messages behind them. */
  async function giveHistory(marker: Marker): Promise<void> {
    for (const { name, life, priority } of DEMO_NUMBERS) {
      if (life !== 'sending' || !marker.made.includes(name)) continue
      for (let sent = 0; sent < priority * 4; sent++)
        await attempt(() => mutate('instance.recordSend', { name }))
    }
    for (const { id, instanceName } of demoContacts(new Set(marker.made)))
      await attempt(() => mutate('contact.setPreference', { id, instanceName }))
  }

  /** A simulator that was started again has forgotten that it was showing one. */
  async function showQrCode(): Promise<void> {
    const seen = (await query('instance.list')) as Seen[]
    const waits = seen.some(({ name, status }) => name === WAITING_NUMBER && status === 'disconnected')
    if (waits) await mutate('instance.qrCode', { name: WAITING_NUMBER })
  }

  async function giveLife({ name, phoneNumber, life }: DemoNumber): Promise<void> {
    if (life === 'waiting') return
    await control('scan', { name, phone: phoneNumber?.slice(1) })
    if (life === 'banned') await control('ban', { name, code: 403 })
  }

  async function attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (!signal.aborted) log.write(`${new Date().toISOString()} ${(error as Error).message}`)
    }
  }

  async function query(procedure: string): Promise<unknown> {
    return data(
      await call(`${options.url}/trpc/${procedure}?input=%7B%7D`, {
        headers: { 'x-api-key': options.adminKey },
        signal,
      }),
    )
  }

  async function mutate(procedure: string, body: object): Promise<unknown> {
    return data(
      await call(`${options.url}/trpc/${procedure}`, {
        headers: { 'x-api-key': options.adminKey },
        body,
        signal,
      }),
    )
  }

  function control(command: string, body: object): Promise<unknown> {
    return call(`${options.simulatorUrl}/__simulator/${command}`, {
      headers: { apikey: options.simulatorKey },
      body,
      signal,
    })
  }

  function readMarker(): Marker {
    try {
      return JSON.parse(readFileSync(markerFile, 'utf8')) as Marker
    } catch {
      return { made: [], complete: false }
    }
  }

  function writeMarker(marker: Marker): void {
    writeFileSync(`${markerFile}.new`, JSON.stringify(marker))
    renameSync(`${markerFile}.new`, markerFile)
  }
}

function data(answer: unknown): unknown {
  return (answer as { result?: { data?: unknown } }).result?.data
}
