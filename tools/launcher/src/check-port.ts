import { createServer } from 'node:net'
import { findListener } from './find-listener.ts'
import { type Environment, StartError, startCommand } from './plan.ts'

/**
 * Checks that the API can listen on the port. Throws a StartError that names the port, the program that listens on it where
 * that is readable, and what to do with the same settings of `env`.
 */
export async function checkPort(host: string, port: number, env: Environment): Promise<void> {
  const code = await tryToListen(host, port)
  if (code === null) return
  if (code === 'EADDRINUSE') {
    const by = await findListener(port)
    throw new StartError(
      `Port ${port} is taken${by ? ` by ${by}` : ' by another program'}. Stop it, or take another port:\n\n    ${startCommand({ ...env, PORT: String(port + 1) })}`,
    )
  }
  if (code === 'EACCES') {
    throw new StartError(
      `This user may not listen on port ${port}. Take one above 1023:\n\n    ${startCommand({ ...env, PORT: '3333' })}`,
    )
  }
  throw new StartError(
    `The API cannot listen on HOST ${host}, port ${port} (${code}). HOST is an address of this machine, as 127.0.0.1 or 0.0.0.0.`,
  )
}

function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}
