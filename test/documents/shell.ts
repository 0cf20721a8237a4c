import { type ChildProcess, spawn } from 'node:child_process'

/** A shell into which blocks of a document are typed one after the other, as a reader would in one terminal. */
export type Shell = {
  /** Types a block and waits for its end: all that it printed. Throws with the output when a command of it failed; the shell has ended then. */
  type(block: string): Promise<string>
  close(): void
}

/** Starts bash in `cwd` with just this environment. */
export function openShell(cwd: string, env: Readonly<Record<string, string | undefined>>): Shell {
  const bash: ChildProcess = spawn('bash', ['--norc', '--noprofile'], { cwd, env: { ...env }, stdio: 'pipe' })
  let output = ''
  let turn = 0
  let heard: () => void = () => {}
  for (const stream of [bash.stdout, bash.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
      heard()
    })
  bash.once('exit', () => heard())
  return {
    async type(block) {
      const mark = `end-of-block-${++turn}`
      output = ''
      bash.stdin?.write(`set -e\n${block.trimEnd()}\nset +e; printf '\\n${mark}\\n'\n`)
      await new Promise<void>((resolve, reject) => {
        heard = () => {
          if (output.includes(`\n${mark}\n`)) resolve()
          else if (bash.exitCode !== null) reject(new Error(`this failed:\n${block}\n${output}`))
        }
        heard()
      })
      return output.slice(0, output.indexOf(`\n${mark}\n`))
    },
    close() {
      bash.stdin?.end()
      bash.kill()
    },
  }
}
