import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readProcess } from '@zapfleet/holder'
import { newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'

const runChild = new URL('../src/run-child.ts', import.meta.url).href
const program = fileURLToPath(new URL('./fake-program.mjs', import.meta.url))

test('a child notices within seconds that its launcher was killed with -9, and stops', async () => {
  const folder = newFolder()
  const parentProgram = `
    import { runChild } from ${JSON.stringify(runChild)}
    const child = runChild({ name: 'api', args: [${JSON.stringify(program)}, 'scheduler'], cwd: '/', logFile: ${JSON.stringify(`${folder}/log`)},
      env: { ...process.env, FAKE_DIARY: ${JSON.stringify(`${folder}/diary`)} } })
    console.log(child.pid)
    await child.ended`
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', parentProgram], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (chunk) => resolve(Number(chunk))),
  )
  expect(readProcess(pid)).not.toBeNull()
  parent.kill('SIGKILL')
  await expect.poll(() => readProcess(pid)).toBeNull()
})
