import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'

/** The machine of a run. `loadBefore` is its load over the last minute when this is read (0 on a system without one). */
export type Machine = {
  cpu: string
  cores: number
  memoryGiB: number
  system: string
  node: string
  loadBefore: number
}

/** Reads the machine. */
export function readMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(1)),
  }
}

const LIBRARIES = [
  '@prisma/adapter-pg',
  '@trpc/server',
  'fastify',
  'ioredis',
  'pg',
  'rate-limiter-flexible',
  'undici',
]

/** Reads the installed versions of the libraries in use. */
export function readVersions(): Record<string, string> {
  return Object.fromEntries(LIBRARIES.map((name) => [name, readVersion(name)]))
}

function readVersion(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  while (folder !== dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (manifest.name === name && manifest.version) return manifest.version
    } catch {
      // A folder inside the package: continue with its parent.
    }
    folder = dirname(folder)
  }
  return 'unknown'
}
