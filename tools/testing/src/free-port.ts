import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems assign, from 32768 on Linux: no other test gets one of these by chance. */
const FIRST = 15_000
const COUNT = 15_000

/** A free port of 127.0.0.1, for a caller that needs it before it listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}
