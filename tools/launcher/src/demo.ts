import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { call } from './call-api.ts'
import {
  DEMO_NUMBERS,
  type DemoNumber,
  demoContacts,
  type InstanceReading,
  nextSender,
} from './demo-numbers.ts'
import { trackNumbersInUse } from './numbers-in-use.ts'
import { openLog } from './open-log.ts'

/** The addresses and keys of the demo: the API with the admin's key, and the control of the simulator with its key. */
export type DemoOptions = {
  url: string
  adminKey: string
  simulatorUrl: string
  simulatorKey: string
  dataDir: string
}

/** A running demo. `made` resolves when its numbers are connected or could not be created; `stop` ends it at once. */
export type Demo = { made: Promise<void>; stop(): void }

/** The state of a demo in its data folder: the numbers that it made, and whether it has made all of them. */
type Marker = { made: string[]; complete: boolean }

/** The number whose QR code no simulated phone scans. */
export const WAITING_NUMBER = DEMO_NUMBERS.find((number) => number.role === 'waiting')?.name ?? ''

/** The delay between two messages of the demo in ms: this, and up to as much again. */
const PAUSE_MS = 9000

/**
 * Makes the example numbers once per data folder, and sends a few messages through those that still exist. It uses the public
 * API and touches only numbers that it made. Errors go to logs/demo.log and do not stop the start.
 */
export function startDemo(options: DemoOptions): Demo {
  const stopping = new AbortController()
  const { signal } = stopping
  const log = openLog(join(options.dataDir, 'logs', 'demo.log'))
  const markerFile = join(options.dataDir, 'demo.json')

  let resolveMade: () => void = () => undefined
  const made = new Promise<void>((resolve) => {
    resolveMade = resolve
  })
  run()
    .catch((error: Error) => signal.aborted || log.write(error.stack ?? error.message))
    .finally(() => {
      resolveMade()
      log.close()
    })
  return { made, stop: () => stopping.abort() }

  async function run(): Promise<void> {
    const marker = readMarker()
    const wasComplete = marker.complete
    if (!wasComplete) await makeNumbers(marker)
    resolveMade()
    if (!wasComplete) await sendFirstMessages(marker)
    else if (marker.made.includes(WAITING_NUMBER)) await tryTo(showQrCode)
    const senders = new Set(
      marker.made.filter((name) => DEMO_NUMBERS.some((one) => one.name === name && one.role === 'sending')),
    )
    const inUse = trackNumbersInUse()
    while (!signal.aborted) {
      await tryTo(async () => {
        const readings = (await query('instance.list')) as InstanceReading[]
        const name = nextSender(readings, inUse.free(readings, senders, Date.now()), Math.random())
        if (name) inUse.recordSend((await mutate('instance.recordSend', { name })) as InstanceReading)
      })
      await sleep(PAUSE_MS + Math.random() * PAUSE_MS, null, { signal }).catch(() => null)
    }
  }

  async function makeNumbers(marker: Marker): Promise<void> {
    await Promise.all(
      DEMO_NUMBERS.filter(({ name }) => !marker.made.includes(name)).map((number) =>
        tryTo(async () => {
          const { role, contacts, ...input } = number
          await mutate('instance.create', input)
          marker.made.push(number.name)
          writeMarker(marker)
          await applyRole(number)
        }),
      ),
    )
    writeMarker({ ...marker, complete: true })
    await tryTo(() => mutate('health.checkAll', {}))
  }

  /** Send some messages at once, so that the first page has figures. */
  async function sendFirstMessages(marker: Marker): Promise<void> {
    for (const { name, role, priority } of DEMO_NUMBERS) {
      if (role !== 'sending' || !marker.made.includes(name)) continue
      for (let sent = 0; sent < priority * 4; sent++)
        await tryTo(() => mutate('instance.recordSend', { name }))
    }
    for (const { id, instanceName } of demoContacts(new Set(marker.made)))
      await tryTo(() => mutate('contact.setPreference', { id, instanceName }))
  }

  /** A simulator that was started again no longer shows the QR code. */
  async function showQrCode(): Promise<void> {
    const readings = (await query('instance.list')) as InstanceReading[]
    const waits = readings.some(({ name, status }) => name === WAITING_NUMBER && status === 'disconnected')
    if (waits) await mutate('instance.qrCode', { name: WAITING_NUMBER })
  }

  async function applyRole({ name, phoneNumber, role }: DemoNumber): Promise<void> {
    if (role === 'waiting') return
    // A simulator with a short SIMULATOR_AUTO_SCAN_MS has scanned the code before, and refuses.
    await tryTo(() => control('scan', { name, phone: phoneNumber?.slice(1) }))
    if (role === 'banned') await control('ban', { name, code: 403 })
  }

  async function tryTo(act: () => Promise<unknown>): Promise<void> {
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
