// Loaded into every child before its own program (`node --import`): when the launcher is gone, however it went, the
// channel between them closes, and the child stops as on SIGTERM; after 4 s it is no longer asked.
// Plain JavaScript beside src/ and dist/, so that it serves the launcher from either.
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // Gone before we had begun.
  if (!process.connected) process.exit(1)
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 4000).unref()
  })
  // The channel alone is no reason to stay alive.
  process.channel?.unref()
}
