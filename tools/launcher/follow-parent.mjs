// Loaded into every child before its own program (`node --import`): when the launcher ends, in whatever way, the channel
// between them closes. The child then gets SIGTERM, and SIGKILL after 4 s. Plain JavaScript beside src/ and dist/, so that it
// works from both.
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // The launcher ended before this program began.
  if (!process.connected) process.exit(1)
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 4000).unref()
  })
  // The channel alone must not keep the process alive.
  process.channel?.unref()
}
