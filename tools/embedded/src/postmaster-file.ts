/** What a running server says of itself in `postmaster.pid`. */
export type PostmasterFile = { pid: number; port: number | null; ready: boolean }

/**
 * Reads the text of `postmaster.pid`: pid in line 1 (negative in single-user mode), port in line 4, state in line 8
 * (PostgreSQL source, miscadmin.h). Null when there is no pid in it, as while it is being written.
 */
export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Math.abs(Number(lines[0]))
  if (!Number.isInteger(pid) || pid === 0) return null
  const port = Number(lines[3])
  return { pid, port: Number.isInteger(port) && port > 0 ? port : null, ready: lines[7] === 'ready' }
}
