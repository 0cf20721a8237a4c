import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { call } from './call-api.ts'
import { type DemoSize, type Marker, readMarker, writeMarker } from './demo-marker.ts'
import {
  DEMO_NUMBERS,
  type DemoNumber,
  demoContacts,
  type InstanceReading,
  nextSender,
} from './demo-numbers.ts'
import { LARGE_DEMO_NUMBERS, SECOND_SERVER } from './large-demo.ts'
import { trackNumbersInUse } from './numbers-in-use.ts'
import { openLog } from './open-log.ts'
import type { SimulatorAt } from './run-simulator.ts'

/** The addresses and keys of the demo: the API with the admin's key, and the simulators; `second` null: the small demo. */
export type DemoOptions = {
  url: string
  adminKey: string
  first: SimulatorAt
  second: SimulatorAt | null
  dataDir: string
}

/** A running demo. `made` resolves when its numbers are connected or could not be created; `stop` ends it at once. */
export type Demo = { made: Promise<void>; stop(): void }

const NUMBERS: Readonly<Record<DemoSize, readonly DemoNumber[]>> = {
  small: DEMO_NUMBERS,
  large: LARGE_DEMO_NUMBERS,
}

/** The numbers whose QR codes no simulated phone scans. */
export function waitingNumbers(size: DemoSize): string[] {
  return NUMBERS[size].filter(({ role }) => role === 'waiting').map(({ name }) => name)
}

/** How many numbers are made at a time. */
const AT_A_TIME = 8

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
  const size: DemoSize = options.second === null ? 'small' : 'large'
  const numbers = NUMBERS[size]

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
    const before = readMarker(options.dataDir)
    const wasComplete = before.complete && before.size === size
    const marker: Marker = { ...before, complete: wasComplete, size }
    if (options.second !== null) await addSecondServer(options.second)
    if (!wasComplete) await makeNumbers(marker)
    resolveMade()
    if (!wasComplete) await sendFirstMessages(marker)
    else await tryTo(() => showQrCodes(marker))
    const senders = new Set(
      numbers
        .filter(({ name, role }) => role === 'sending' && marker.made.includes(name))
        .map(({ name }) => name),
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

  /** Its simulator has another address at each start. */
  async function addSecondServer({ url, apiKey }: SimulatorAt): Promise<void> {
    const servers = (await query('server.list')) as { name: string }[]
    const isKnown = servers.some(({ name }) => name === SECOND_SERVER)
    await mutate(isKnown ? 'server.update' : 'server.add', { name: SECOND_SERVER, url, apiKey })
  }

  async function makeNumbers(marker: Marker): Promise<void> {
    const missing = numbers.filter(({ name }) => !marker.made.includes(name))
    for (let from = 0; from < missing.length; from += AT_A_TIME)
      await Promise.all(
        missing.slice(from, from + AT_A_TIME).map((number) => tryTo(() => makeNumber(number, marker))),
      )
    writeMarker(options.dataDir, { ...marker, complete: true })
    await tryTo(() => mutate('health.checkAll', {}))
  }

  async function makeNumber(number: DemoNumber, marker: Marker): Promise<void> {
    const { role, contacts, ...input } = number
    await mutate('instance.create', input)
    marker.made.push(number.name)
    writeMarker(options.dataDir, marker)
    await applyRole(number)
  }

  /** Send some messages at once, so that the first page has figures. */
  async function sendFirstMessages(marker: Marker): Promise<void> {
    for (const { name, role, priority } of numbers) {
      if (role !== 'sending' || !marker.made.includes(name)) continue
      for (let sent = 0; sent < priority * 4; sent++)
        await tryTo(() => mutate('instance.recordSend', { name }))
    }
    for (const { id, instanceName } of demoContacts(numbers, new Set(marker.made)))
      await tryTo(() => mutate('contact.setPreference', { id, instanceName }))
  }

  /** A simulator that was started again no longer shows the QR codes. */
  async function showQrCodes(marker: Marker): Promise<void> {
    const waiting = new Set(waitingNumbers(size).filter((name) => marker.made.includes(name)))
    if (waiting.size === 0) return
    const readings = (await query('instance.list')) as InstanceReading[]
    for (const { name, status } of readings)
      if (waiting.has(name) && status === 'disconnected') await mutate('instance.qrCode', { name })
  }

  async function applyRole(number: DemoNumber): Promise<void> {
    const { name, phoneNumber, role } = number
    if (role === 'waiting') return
    // A simulator with a short SIMULATOR_AUTO_SCAN_MS has scanned the code before, and refuses.
    await tryTo(() => control(number, 'scan', { name, phone: phoneNumber?.slice(1) }))
    if (role === 'banned') await control(number, 'ban', { name, code: 403 })
    if (role === 'logged-out') await control(number, 'logout-from-phone', { name })
    if (role === 'paused') await mutate('instance.update', { name, paused: true })
    if (role === 'draining') await mutate('instance.update', { name, draining: true })
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

  /** Commands the simulator that has the number. */
  function control({ server }: DemoNumber, command: string, body: object): Promise<unknown> {
    const { url, apiKey } = (server === SECOND_SERVER ? options.second : null) ?? options.first
    return call(`${url}/__simulator/${command}`, { headers: { apikey: apiKey }, body, signal })
  }
}

function data(answer: unknown): unknown {
  return (answer as { result?: { data?: unknown } }).result?.data
}
