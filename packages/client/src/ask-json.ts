import { NoAnswer, StrangeAnswer } from './failure.ts'
import type { Settings } from './options.ts'

/** A `fetch` for JSON alone: no answer is NoAnswer, any other a StrangeAnswer, before anybody parses it. */
export function askJson(settings: Settings) {
  return async (url: Parameters<typeof fetch>[0], init?: object): Promise<Response> => {
    const response = await settings.fetch(url, init).catch((cause: unknown) => {
      throw new NoAnswer(cause)
    })
    const kind = response.headers.get('content-type') ?? ''
    if (/\bjson\b/.test(kind)) return response
    await response.body?.cancel()
    throw new StrangeAnswer(response.status)
  }
}
