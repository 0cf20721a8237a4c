/** Where the page of a fleet shows the whole, or one number. */
export function pageAddress(url: string, name?: string): string {
  return name === undefined ? `${url}/` : `${url}/#/numbers/${encodeURIComponent(name)}`
}
