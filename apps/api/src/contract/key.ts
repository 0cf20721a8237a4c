import { z } from 'zod'

/** Whoever stands behind a key. */
export const caller = z.object({ role: z.enum(['bot', 'viewer', 'admin']), label: z.string() })
