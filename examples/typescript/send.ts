// Sends one message by the number that should send it, once: npx tsx send.ts 5511987654321 "Olá!"
import { createFleetClient } from '@zapfleet/client'

const { FLEET_URL = 'http://127.0.0.1:3333', FLEET_KEY = '' } = process.env
const [to = '', text = ''] = process.argv.slice(2)
const fleet = createFleetClient({ url: FLEET_URL, apiKey: FLEET_KEY })
const { state, instanceName, id } = await fleet.message.send.mutate({ to, text, validForS: 3_600 })
console.log(`${to}  ${state}  ${instanceName ?? 'no number yet'}  ${id}`)
