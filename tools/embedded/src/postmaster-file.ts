/** The content of `postmaster.pid` of a running server. */
export type PostmasterFile = { pid: number; port: number | null; ready: boolean }

/**
 * Parses the text of `postmaster.pid`: pid in line 1 (negative in single-user mode), port in line 4, state in line 8
 * (PostgreSQL source, miscadmin.h). Null without a pid, as while the file is written.
 */
export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Math.abs(Number(lines[0]))
  if (!Number.isInteger(pid) || pid === 0) return null
  const port = Number(lines[3])
  return { pid, port: Number.isInteger(port) && port > 0 ? port : null, ready: lines[7] === 'ready' }
}
