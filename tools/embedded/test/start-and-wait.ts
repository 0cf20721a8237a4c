import { startPostgres } from '../src/index.ts'

/** A program for the crash tests: starts the PostgreSQL of a folder, prints that it runs, and waits to be killed. */
const { url, pid } = await startPostgres({ dataDir: process.argv[2] ?? '' })
console.log(JSON.stringify({ url, pid }))
setInterval(() => undefined, 1000)
