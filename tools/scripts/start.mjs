// `npm start`: installs and builds what is not up to date, then becomes the launcher (tools/launcher). `--watch`: `pnpm dev`.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { prepare } from './bootstrap.mjs'
import { runScript, StageError } from './run-script.mjs'
import { root } from './stamps.mjs'

await runScript(async ({ release }) => {
  await prepare({ beforeInstall: checkPort })
  // The launcher handles the signals from here on.
  release()
  await import(new URL('../launcher/dist/main.js', import.meta.url))
})

/**
 * Checks that the API can listen on PORT and HOST of the environment and of `.env`, before a long install. The launcher checks
 * again and names the program that listens on the port.
 *
 * @throws StageError when PORT is not a port, the port is taken, or HOST is not an address of this machine
 */
async function checkPort() {
  loadEnvFile()
  const given = process.env.PORT || '3333'
  const port = /^\d+$/.test(given) ? Number(given) : 0
  if (port < 1 || port > 65_535)
    throw new StageError(`PORT must be a number from 1 to 65535, and is "${given}".`)
  const host = process.env.HOST || '127.0.0.1'
  const code = await tryToListen(host, port)
  if (code === null) return
  if (code === 'EADDRINUSE') {
    throw new StageError(
      `Port ${port} is taken by another program. Stop it, or take another port:\n\n    ${startCommand(port === 65_535 ? 3333 : port + 1)}`,
    )
  }
  if (code === 'EACCES') {
    throw new StageError(
      `This user may not listen on port ${port}. Take one above 1023:\n\n    ${startCommand(3333)}`,
    )
  }
  throw new StageError(
    `The API cannot listen on HOST ${host}, port ${port} (${code}). HOST is an address of this machine, as 127.0.0.1 or 0.0.0.0.`,
  )
}

/** `npm start` on another port, with the other variables that people write before it: as the launcher's plan.ts. */
function startCommand(port) {
  const given = ['DEMO', 'PORT', 'ZAPFLEET_DATA_DIR'].flatMap((name) => {
    const value = name === 'PORT' ? String(port) : process.env[name]
    return value ? [`${name}=${quoted(value)}`] : []
  })
  return [...given, 'npm start'].join(' ')
}

function quoted(value) {
  return /^[\w./:-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

function loadEnvFile() {
  try {
    process.loadEnvFile(join(root, '.env'))
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

function tryToListen(host, port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}
