import { z } from 'zod'
import { text } from '../ground/text.ts'
import { DEFAULT_SERVER, serverName } from './server-names.ts'

/** As an Evolution client takes it: `createEvolution` checks the rest. */
const url = z
  .string()
  .max(2_000)
  .refine((given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol), {
    error: 'must be an address such as https://evolution.example.com',
  })
  .refine(
    (given) => {
      if (!URL.canParse(given)) return true
      const { username, password, search, hash } = new URL(given)
      return !(username || password || search || hash)
    },
    { error: 'must not hold a user, a password, a "?" or a "#": the key goes beside it' },
  )

const apiKey = text(500).regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without blanks')

/** A server that has a row. */
const addedServer = serverName.refine((name) => name !== DEFAULT_SERVER, {
  error: `must not be "${DEFAULT_SERVER}", which is the server of EVOLUTION_API_URL: change that in the environment`,
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
    error: 'needs url, apiKey or both',
  })

export type AddServerInput = z.output<typeof addServerInput>
export type UpdateServerInput = z.output<typeof updateServerInput>
