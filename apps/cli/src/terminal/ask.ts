import { createInterface } from 'node:readline'
import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'

/** Whether a person can be prompted: input and output are terminals. */
export function canAsk(world: World): boolean {
  return world.stdin.isTTY === true && world.stderr.isTTY === true
}

/** One line that a person types after `question`. @throws Refusal when they interrupt or end the input */
export function ask(world: World, question: string): Promise<string> {
  const { stdin: input, stderr: output, interrupted } = world
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input, output, terminal: true })
    let answer: string | null = null
    const stop = () => reader.close()
    interrupted.addEventListener('abort', stop, { once: true })
    // At Ctrl-C and Ctrl-D readline, which holds the terminal, closes.
    reader.once('close', () => {
      interrupted.removeEventListener('abort', stop)
      if (answer !== null) return resolve(answer.trim())
      output.write('\n')
      reject(new Refusal('interrupted', t`Nothing was done.`))
    })
    reader.question(question, (line) => {
      answer = line
      reader.close()
    })
  })
}

/** The same for a key, without showing it. */
export function askSecret(world: World, question: string): Promise<string> {
  const { stdin: input, stderr: output, interrupted } = world
  output.write(question)
  input.setRawMode?.(true)
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = (finish: () => void) => {
      input.off('data', read)
      interrupted.removeEventListener('abort', stop)
      input.setRawMode?.(false)
      input.pause()
      output.write('\n')
      finish()
    }
    const stop = () => end(() => reject(new Refusal('interrupted', t`Nothing was done.`)))
    const read = (chunk: Buffer | string) => {
      for (const key of chunk.toString()) {
        if (key === '\r' || key === '\n') return end(() => resolve(typed.trim()))
        if (key === '\u0003' || key === '\u0004') return stop()
        typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key
      }
    }
    input.on('data', read)
    input.resume()
    interrupted.addEventListener('abort', stop, { once: true })
  })
}

/** Whether a person confirms `question`; Enter alone is no. */
export async function confirms(world: World, question: string): Promise<boolean> {
  return /^(y|yes|s|sim)$/i.test(await ask(world, t`${question} [y/N] `))
}
