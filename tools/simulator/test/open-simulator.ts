import { expect, onTestFinished } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers may have any shape
export type Json = any

/** The outcome of a call of the simulator. */
export type Answer = { status: number; body: Json; headers: Headers; tookMs: number }

/** The differences from a plain call with the global key. `key: null` sends none. */
export type How = {
  body?: unknown
  key?: string | null
  headers?: Record<string, string>
  timeoutMs?: number
}

/** A started simulator and a function that calls it over real HTTP. */
export type OpenSimulator = Simulator & { call(method: string, path: string, how?: How): Promise<Answer> }

/** Starts a simulator without delays, and stops it after the test. */
export async function openSimulator(options: SimulatorOptions = {}): Promise<OpenSimulator> {
  const simulator = await startSimulator({ timeScale: 0, ...options })
  onTestFinished(() => simulator.close())
  return { ...simulator, call: (method, path, how = {}) => call(simulator, method, path, how) }
}

/** Polls a value until the expectation holds, for up to a minute. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 60_000, interval: 5 })

/** The common body of a create. */
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
