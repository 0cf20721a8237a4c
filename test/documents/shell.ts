import { type ChildProcess, spawn } from 'node:child_process'

/** A shell that runs the blocks of a document one after the other, as in one terminal. */
export type Shell = {
  /** Runs a block and returns its output. If a command fails, throws with the output; the shell has ended then. */
  type(block: string): Promise<string>
  close(): void
}

/** Starts bash in `cwd` with this environment only. */
export function openShell(cwd: string, env: Readonly<Record<string, string | undefined>>): Shell {
  const bash: ChildProcess = spawn('bash', ['--norc', '--noprofile'], { cwd, env: { ...env }, stdio: 'pipe' })
  let output = ''
  let turn = 0
  let onOutput: () => void = () => {}
  for (const stream of [bash.stdout, bash.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
      onOutput()
    })
  bash.once('exit', () => onOutput())
  return {
    async type(block) {
      const mark = `end-of-block-${++turn}`
      output = ''
      bash.stdin?.write(`set -e\n${block.trimEnd()}\nset +e; printf '\\n${mark}\\n'\n`)
      await new Promise<void>((resolve, reject) => {
        onOutput = () => {
          if (output.includes(`\n${mark}\n`)) resolve()
          else if (bash.exitCode !== null) reject(new Error(`this failed:\n${block}\n${output}`))
        }
        onOutput()
      })
      return output.slice(0, output.indexOf(`\n${mark}\n`))
    },
    close() {
      bash.stdin?.end()
      bash.kill()
    },
  }
}
