import { afterEach, expect } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as they come, in any shape
export type Json = any

/** What a call of the simulator came to. */
export type Answer = { status: number; body: Json; headers: Headers; tookMs: number }

/** How a call differs from a plain one with the global key. `key: null` sends none. */
export type How = {
  body?: unknown
  key?: string | null
  headers?: Record<string, string>
  timeoutMs?: number
}

/** A started simulator and a way to call it over real HTTP. */
export type Door = Simulator & { call(method: string, path: string, how?: How): Promise<Answer> }

const opened: Simulator[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((simulator) => simulator.close()))
})

/** Starts a simulator that waits for nothing, and stops it after the test. */
export async function openDoor(options: SimulatorOptions = {}): Promise<Door> {
  const simulator = await startSimulator({ timeScale: 0, ...options })
  opened.push(simulator)
  return { ...simulator, call: (method, path, how = {}) => call(simulator, method, path, how) }
}

/** Expects something of a value that is looked at again and again, for up to a minute. */
export const soon = <T>(look: () => T) => expect.poll(look, { timeout: 60_000, interval: 5 })

/** The body of the create everybody sends. */
export const baileys = (instanceName: string, more: object = {}) => ({
  instanceName,
  integration: 'WHATSAPP-BAILEYS',
  ...more,
})

async function call(simulator: Simulator, method: string, path: string, how: How): Promise<Answer> {
  const headers: Record<string, string> = { ...how.headers }
  const key = how.key === undefined ? simulator.apiKey : how.key
  if (key !== null) headers.apikey = key
  if (how.body !== undefined) headers['content-type'] = 'application/json'
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(how.timeoutMs ?? 60_000) }
  if (how.body !== undefined) init.body = typeof how.body === 'string' ? how.body : JSON.stringify(how.body)
  const start = performance.now()
  const answer = await fetch(`${simulator.url}${path}`, init)
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return {
    status: answer.status,
    body: isJson && text !== '' ? JSON.parse(text) : text,
    headers: answer.headers,
    tookMs: performance.now() - start,
  }
}
