/** A header of a request, name and value. */
export type Header = readonly [string, string]

/** A call before its key and its oddities. `about` is its target; a body of null is none. */
export type Call = {
  about: string
  method: string
  target: string
  body: Buffer | null
  headers?: readonly Header[]
}

/** Percent-encoding of any text; half a surrogate pair, which has none, becomes what UTF-8 makes of it. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}
