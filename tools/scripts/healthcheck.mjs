// The health check of the container image, which has no curl: exit code 0 when the program is ready. A release holds it in scripts/:
// `node scripts/healthcheck.mjs [PORT]`; default: the environment variable PORT, else 3333.
const port = process.argv[2] ?? process.env.PORT ?? '3333'
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_500) })
  process.exitCode = answer.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
