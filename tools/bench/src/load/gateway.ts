import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

// A stand-in of Evolution: each send is answered after 50 ms, the median of a real one. It ends with the process that started it.

const ANSWER_AFTER_MS = 50

process.once('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})

let made = 0
const server = createServer(async (request, response) => {
  await text(request)
  setTimeout(() => {
    response.writeHead(201, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ key: { id: `GATEWAY${++made}` }, status: 'PENDING' }))
  }, ANSWER_AFTER_MS)
})
server.listen(0, '127.0.0.1', () =>
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
