/** A unique id: a UUID, or 32 hexadecimal digits on pages over plain HTTP, where browsers offer no UUIDs. */
export function newId(): string {
  const { crypto } = globalThis
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A UUID of version 7, which begins with the time: keys of one minute share pages of the database's index. */
export function newKey(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = newId().replaceAll('-', '')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(20)}`
}
