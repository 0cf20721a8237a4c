// A fake child of the launcher. FAKE selects its behaviour; it writes its events to the file FAKE_DIARY.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const name = process.argv[2]
const note = (what) => appendFileSync(process.env.FAKE_DIARY, `${name} ${what}\n`)
const part = (process.env.FAKE ?? '')
  .split(',')
  .find((word) => word.startsWith(`${name}:`))
  ?.split(':')[1]

note(`started ${process.pid}`)
if (name === 'api') note(`evolution ${process.env.EVOLUTION_API_URL} key ${process.env.ADMIN_API_KEY}`)
if (part === 'refuses') {
  console.error('These variables are wrong:\n  FLEET_TIMEZONE is no time zone')
  process.exit(1)
}
process.on('SIGTERM', () => {
  note('got SIGTERM')
  if (part === 'deaf') return
  note('stopped')
  process.exit(0)
})
if (name === 'api') {
  const server = createServer((request, response) => {
    if (request.url === '/die') {
      console.log(JSON.stringify({ level: 60, msg: 'the last output' }))
      process.exit(3)
    }
    if (request.url.startsWith('/trpc/fleet.conditions')) {
      const evolution = { problem: process.env.FAKE_PROBLEM ?? null }
      response.statusCode = request.headers['x-api-key'] === process.env.ADMIN_API_KEY ? 200 : 401
      return response.end(JSON.stringify({ result: { data: { evolution } } }))
    }
    response.statusCode = part === 'never-ready' ? 503 : 200
    response.end(part === 'never-ready' ? '{"reason":"the database is asleep"}' : '{}')
  })
  server.listen(Number(process.env.PORT), '127.0.0.1')
  console.log(JSON.stringify({ level: 30, msg: 'listening quietly' }))
  console.log(JSON.stringify({ level: 40, msg: 'a warning' }))
}
if (name === 'sender') console.log(JSON.stringify({ level: 30, msg: 'the sender is ready' }))
if (name === 'simulator') console.log(JSON.stringify({ ready: true, url: 'http://127.0.0.1:9' }))
setInterval(() => undefined, 1000)
