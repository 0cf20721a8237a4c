import { spawnSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs `npm start` in a fresh clone, without an npm to install with: errors that need no packages must come before
 * the installation.
 */
function startFreshly(env: Record<string, string>) {
  const clone = newFolder()
  for (const name of ['package.json', 'tools/scripts'])
    cpSync(join(root, name), join(clone, name), { recursive: true })
  const run = spawnSync(process.execPath, [join(clone, 'tools/scripts/start.mjs')], {
    cwd: clone,
    encoding: 'utf8',
    env: { PATH: '', ...env },
  })
  return { ...run, hasInstalled: existsSync(join(clone, 'node_modules')) }
}

test.each(['abc', '0', '65536', '33.5', '-1'])(
  'PORT=%s is refused before the packages are installed',
  (PORT) => {
    const { status, stderr, stdout, hasInstalled } = startFreshly({ PORT })
    expect(stderr).toContain(`PORT must be a number from 1 to 65535, and is "${PORT}".`)
    expect({ status, stdout, hasInstalled }).toEqual({ status: 1, stdout: '', hasInstalled: false })
  },
)

test('a taken port is refused before the packages are installed, with another to take', async () => {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  const { status, stderr, hasInstalled } = startFreshly({ PORT: String(port) })
  const inline = startFreshly({ PORT: String(port), DEMO: 'large', ZAPFLEET_DATA_DIR: 'my data', LANG: 'C' })
  server.close()
  expect(stderr).toContain(`Port ${port} is taken by another program.`)
  expect(stderr).toMatch(/\n {4}PORT=\d+ npm start\n/)
  expect(inline.stderr).toMatch(/\n {4}DEMO=large PORT=\d+ ZAPFLEET_DATA_DIR='my data' npm start\n/)
  expect({ status, hasInstalled }).toEqual({ status: 1, hasInstalled: false })
})

test('a HOST that is no address of this machine is refused before the packages are installed', () => {
  const { status, stderr } = startFreshly({ PORT: '3333', HOST: '192.0.2.1' })
  expect(stderr).toContain('HOST is an address of this machine')
  expect(status).toBe(1)
})
