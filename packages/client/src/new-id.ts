/** An id that nobody else has: 32 hexadecimal digits. `crypto.randomUUID` is missing on pages that came over plain HTTP. */
export function newId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
