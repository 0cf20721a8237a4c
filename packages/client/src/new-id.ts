/** An id that nobody else has: a UUID, or 32 hexadecimal digits on pages that came over plain HTTP, where there are none. */
export function newId(): string {
  const { crypto } = globalThis
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
