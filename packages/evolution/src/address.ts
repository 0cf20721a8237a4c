/**
 * Origin and base path (no slash at its end) of Evolution's address. Throws TypeError for what is no plain `http:` or
 * `https:` address; the message does not repeat credentials.
 */
export function readAddress(url: string): { origin: string; basePath: string } {
  if (!URL.canParse(url)) {
    throw new TypeError(
      'The Evolution URL must be an address such as https://evolution.example.com, but it is no URL.',
    )
  }
  const { protocol, username, password, origin, pathname, search, hash } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`The Evolution URL must begin with http:// or https://, not with ${protocol}`)
  }
  if (username || password || search || hash) {
    throw new TypeError(
      'The Evolution URL must not hold a user, a password, a "?" or a "#": the key goes beside it.',
    )
  }
  return { origin, basePath: pathname.replace(/\/+$/, '') }
}

/** The key, if a header can carry it. Throws TypeError, without the key, otherwise. */
export function readKey(apiKey: string): string {
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError(
      `The Evolution key must be one or more visible ASCII characters without blanks; ${apiKey.length} characters came that are not.`,
    )
  }
  return apiKey
}
