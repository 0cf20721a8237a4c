import { type ChildProcess, spawn } from 'node:child_process'

/** A fleet started by `npm start`: its output so far, and its exit code when it ends. */
export type Start = { process: ChildProcess; exited: Promise<number | null>; output(): string }

const MODULE = `import { setFlagsFromString } from 'node:v8'
setFlagsFromString('--liftoff-only')
setFlagsFromString('--interrupt-budget=600000')`

/**
 * NODE_OPTIONS of a fleet that lives for seconds: as in test/bundle-programs.ts, WebAssembly is compiled without optimization and
 * JavaScript is optimized later than usual, which is a quarter of the processor time of a start.
 */
export const COMPILE_LESS = `--import data:text/javascript,${encodeURIComponent(MODULE)}`

/** Runs `npm start` in `clone` with `env` over the environment of the test, and waits until all is ready. */
export async function npmStart(env: Readonly<Record<string, string>>, clone: string): Promise<Start> {
  const child = spawn('npm', ['start'], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: COMPILE_LESS, ...env },
  })
  let output = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
        if (output.includes('Ctrl-C stops everything')) resolve()
      })
    exited.then((code) => reject(new Error(`npm start ended with code ${code}:\n${output}`)))
  })
  return { process: child, exited, output: () => output }
}
