/** A unique id: a UUID, or 32 hexadecimal digits on pages over plain HTTP, where browsers offer no UUIDs. */
export function newId(): string {
  const { crypto } = globalThis
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
