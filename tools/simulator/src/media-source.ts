/** What becomes of a URL of media: `unreachable`, or the status with which its host answers. */
export type UrlFailure = 'unreachable' | number

/** Whether Evolution takes a text for a URL: with a domain or an IP address, so `http://localhost` is none. */
export function isUrl(text: unknown): text is string {
  if (typeof text !== 'string' || !/^(https?|ftp):\/\/\S+$/.test(text) || !URL.canParse(text)) return false
  const { hostname } = new URL(text)
  return /^(\d+\.){3}\d+$|^\[|\.[a-z]{2,}\.?$|\.xn--[a-z0-9-]+$/i.test(hostname)
}

/** Whether Evolution takes a text for base64: whole groups of four, without the beginning of a data URL. */
export const isBase64 = (text: unknown): text is string =>
  typeof text === 'string' && text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)

/**
 * How reading the media fails, or null. The URLs are those that the control made fail, by their beginnings, and those of port 9 on
 * loopback, where no program listens. The simulator reads no URL.
 *
 * @returns the name and the message of the error; `status`: the answer of the host, if it answered
 */
export function sourceFailure(
  urls: ReadonlyMap<string, UrlFailure>,
  source: string,
): { error: string; words: string; status?: number } | null {
  if (!isUrl(source)) return null
  const beginning = [...urls.keys()]
    .filter((one) => source.startsWith(one))
    .sort((a, b) => b.length - a.length)[0]
  const failure = beginning === undefined ? undefined : urls.get(beginning)
  if (typeof failure === 'number')
    return { error: 'AxiosError', words: `Request failed with status code ${failure}`, status: failure }
  const { hostname, port, protocol } = new URL(source)
  const isDiscard = port === '9' && (hostname === '[::1]' || hostname.startsWith('127.'))
  if (failure !== 'unreachable' && !isDiscard) return null
  const at = `${hostname.replace(/^\[|\]$/g, '')}:${port || (protocol === 'https:' ? 443 : 80)}`
  return { error: 'Error', words: `connect ECONNREFUSED ${at}` }
}
