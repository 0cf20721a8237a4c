import { z } from 'zod'
import { DEFAULT_SERVER, serverName } from './server-names.ts'

const parsed = (given: string): URL | null => (URL.canParse(given) ? new URL(given) : null)

const url = z
  .string()
  .max(2_000)
  .refine((given) => /^https?:$/.test(parsed(given)?.protocol ?? ''), {
    error: 'expected an address such as https://evolution.example.com',
  })
  .refine(
    (given) => {
      const { username, password, search, hash } = parsed(given) ?? {}
      return !(username || password || search || hash)
    },
    { error: 'expected an address without a user, a password, a "?" or a "#": the key goes beside it' },
  )

/** By refinement: the error of a pattern repeats what was received. */
const apiKey = z
  .string()
  .refine((key) => /^[\x21-\x7e]{1,500}$/.test(key), {
    error: 'expected 1 to 500 visible ASCII characters without blanks',
  })
  .meta({ minLength: 1, maxLength: 500 })

/** A server that has a row. */
const addedServer = serverName.refine((name) => name !== DEFAULT_SERVER, {
  error: `expected another name than "${DEFAULT_SERVER}", which is the server of EVOLUTION_API_URL`,
})

/** `server.check` */
export const serverNameInput = z.strictObject({ name: serverName.describe('Name of the server.') })

/** `server.remove` */
export const addedServerInput = z.strictObject({ name: addedServer.describe('Name of the server.') })

/** `server.add` */
export const addServerInput = z.strictObject({
  name: addedServer.describe('1 to 50 letters (A-Z, a-z), digits, _ or -.'),
  url: url.describe('Address of the Evolution API, such as https://evolution.example.com.'),
  apiKey: apiKey.describe('Its AUTHENTICATION_API_KEY. Stored encrypted, and returned by no call.'),
})

/** `server.update`: absent fields keep their values. */
export const updateServerInput = z
  .strictObject({
    name: addedServer.describe('Name of the server.'),
    url: url.optional().describe('Its new address. It must be the same server: numbers stay on it.'),
    apiKey: apiKey.optional().describe('Its new key.'),
  })
  .refine(({ url: address, apiKey: key }) => address !== undefined || key !== undefined, {
    error: 'expected url, apiKey or both',
  })

export type AddServerInput = z.output<typeof addServerInput>
export type UpdateServerInput = z.output<typeof updateServerInput>
