import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { bundleProgram } from '@zapfleet/testing'
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
