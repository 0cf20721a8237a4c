import { z } from 'zod'

/** The server of EVOLUTION_API_URL. It has no row, and its key is EVOLUTION_API_KEY. */
export const DEFAULT_SERVER = 'default'

/** The server of a row. */
export const serverOf = (stored: string | null): string => stored ?? DEFAULT_SERVER

/** How a row stores a server. */
export const storedServer = (name: string): string | null => (name === DEFAULT_SERVER ? null : name)

/** `name` of a server: it is a part of addresses. */
export const serverName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,50}$/, 'expected 1 to 50 letters (A-Z, a-z), digits, _ or -')
