// Loaded into a program of the fleet before its own code (`--import`), with commands over the IPC channel. It can set the
// process's wall clock, which otherwise needs the clock of the whole machine, and measure the heap after a garbage collection.
// Timers and performance.now() stay as they are, as when an administrator or NTP sets the real clock.
const RealDate = Date
let offsetMs = 0

class JumpingDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offsetMs)
    else super(...parts)
  }

  static now() {
    return RealDate.now() + offsetMs
  }
}
globalThis.Date = JumpingDate

process.on('message', (order) => {
  if (typeof order.setClockBy === 'number') offsetMs = order.setClockBy
  if (order.weigh) globalThis.gc?.()
  const { heapUsed, rss, external } = process.memoryUsage()
  process.send?.({ call: order.call, heapUsed, external, rss })
})
process.channel?.unref()
