import { drive } from './drive.ts'
import type { Answer, Order } from './load-process.ts'
import { openClient } from './open-client.ts'

// The load process: drives one stretch for each message and sends back the result, so that callers and server do not share an
// event loop. It ends with the process that started it.

const ended = new AbortController()
process.once('disconnect', () => {
  ended.abort()
  process.exit(0)
})
// A Ctrl-C reaches this process as well; the parent stops it in its own order.
process.on('SIGINT', () => {})

process.on('message', async (order: Order) => {
  const answer = (one: Answer): void => {
    process.send?.(one)
  }
  try {
    const { call, close } = openClient(order)
    try {
      answer({ measured: await drive(call, order, ended.signal) })
    } finally {
      await close()
    }
  } catch (error) {
    answer({ failure: error instanceof Error ? error.message : String(error) })
  }
})
