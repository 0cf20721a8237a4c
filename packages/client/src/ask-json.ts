import { StrangeAnswer } from './failure.ts'
import type { Settings } from './options.ts'

/** A `fetch` for JSON alone: whatever else comes is a StrangeAnswer, by its status, before anybody parses it. */
export function askJson(settings: Settings) {
  return async (url: string, init?: object): Promise<Response> => {
    const response = await settings.fetch(url, init)
    const kind = response.headers.get('content-type') ?? ''
    if (/\bjson\b/.test(kind)) return response
    await response.body?.cancel()
    throw new StrangeAnswer(response.status)
  }
}
