import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { bundleProgram } from '@zapfleet/testing'
import { io } from 'socket.io-client'
import { afterEach, describe, expect, it } from 'vitest'

const program = await bundleProgram(new URL('../src/main.ts', import.meta.url))
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [program], { env: { PATH: process.env.PATH, ...env } })
  started.push(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', (part) => {
    output.out += part
  })
  child.stderr.on('data', (part) => {
    output.err += part
  })
  return { child, output }
}

describe('the process', () => {
  it('prints one JSON line with its address, serves, and stops at SIGTERM', async () => {
    const { child, output } = start({ PORT: '0', SIMULATOR_API_KEY: 'given-key' })
    await expect.poll(() => output.out, { timeout: 60_000 }).toContain('\n')
    const { url, simulator } = JSON.parse(output.out)
    expect(simulator).toBe(true)
    const headers = { apikey: 'given-key' }
    expect((await fetch(`${url}/instance/fetchInstances`, { headers })).status).toBe(200)
    expect(output.out + output.err).not.toContain('given-key')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('takes outcomes and the websocket from its environment, and refuses outcomes that are no JSON', async () => {
    const { output } = start({
      PORT: '0',
      SIMULATOR_API_KEY: 'given-key',
      SIMULATOR_OUTCOMES: '{"delivery":{"afterMs":0}}',
      SIMULATOR_WEBSOCKET: 'true',
      SIMULATOR_WEBSOCKET_GLOBAL_EVENTS: 'true',
    })
    await expect.poll(() => output.out, { timeout: 60_000 }).toContain('\n')
    const { url } = JSON.parse(output.out)
    const call = (path: string, body: object) =>
      fetch(url + path, {
        method: 'POST',
        headers: { apikey: 'given-key', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await call('/__simulator/add-instances', { instances: [{ name: 'w1' }] })
    const socket = io(url, { reconnection: false })
    try {
      const updates: unknown[] = []
      socket.on('messages.update', (content) => updates.push(content.data.status))
      await expect.poll(() => socket.connected, { timeout: 60_000 }).toBe(true)
      await call('/message/sendText/w1', { number: '5511977776666', text: 'um' })
      await expect.poll(() => updates, { timeout: 60_000 }).toEqual(['DELIVERY_ACK'])
    } finally {
      socket.disconnect()
    }
    const refused = start({ PORT: '0', SIMULATOR_OUTCOMES: 'delivery' })
    expect(await once(refused.child, 'exit')).toEqual([1, null])
    expect(refused.output.err).toContain('It must be JSON')
  })

  it('reports which port is taken and what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const port = String((holder.address() as { port: number }).port)
    const { child, output } = start({ PORT: port })
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(output.err).toContain(`Port ${port} on 127.0.0.1 is taken by another program. Set PORT`)
    holder.close()
  })

  it('names every wrong variable at once', async () => {
    const { child, output } = start({ PORT: 'eighty', SIMULATOR_TIME_SCALE: '-1' })
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(output.err).toMatch(/PORT[\s\S]*SIMULATOR_TIME_SCALE/)
  })
})
