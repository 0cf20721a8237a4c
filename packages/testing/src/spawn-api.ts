import { type AppProcess, runApp } from './run-app.ts'

/** The API in a process of its own, and the port on which it listens. */
export type ApiProcess = AppProcess & { port: number }

/**
 * Starts the API from its sources, with nothing in its environment but PATH and what is given (`PORT` 0: a free port), and
 * waits until it listens. Throws with its output when it ends before.
 */
export async function spawnApi(environment: Readonly<Record<string, string>>): Promise<ApiProcess> {
  const api = runApp('api', environment)
  const { address } = await api.logLine('the API is ready')
  return { ...api, port: Number(new URL(String(address)).port) }
}
