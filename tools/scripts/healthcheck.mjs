// For containers, whose images have no curl: exit code 0 when the program of this container answers that it is ready.
// `node tools/scripts/healthcheck.mjs [PORT]`; the API's port, PORT or 3333, unless another is named.
const port = process.argv[2] ?? process.env.PORT ?? '3333'
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_500) })
  process.exitCode = answer.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
