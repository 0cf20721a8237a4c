import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { World } from '../world.ts'
import { isLoopback } from './address.ts'

/** What `npm start` left in its data folder for who stands beside it. */
export type CloneFleet = { url: string | null; key: string | null; keyFrom: string | null }

/**
 * The fleet of `npm start`, in the working directory or else in the clone that this program is part of: its address, if
 * that is this machine's own, and its admin key, by the launcher's own order: ADMIN_API_KEY of the environment, then of
 * `.env`, then the file that it made. Nothing when there is none.
 */
export function readClone(world: Pick<World, 'env' | 'cwd' | 'clone'>): CloneFleet {
  const root = [world.cwd, world.clone].find((folder) => existsSync(dataFolder(world, folder)))
  const file = root === undefined ? {} : readEnvFile(join(root, '.env'))
  const given = (name: string) => world.env[name] || file[name] || undefined
  const adminKey = given('ADMIN_API_KEY')
  const data = root === undefined ? null : dataFolder(world, root)
  const kept = data === null ? null : readLine(join(data, 'admin-key'))
  const told = data === null ? null : readLine(join(data, 'api-url'))
  // PORT is a word of many programs: it is the API's only where the API's key stands beside it.
  const port = adminKey === undefined ? undefined : given('PORT')
  const url = told ?? (port === undefined ? null : `http://127.0.0.1:${port}`)
  const own = url === null || (URL.canParse(url) && isLoopback(url))
  if (!own) return { url: null, key: null, keyFrom: null }
  if (adminKey !== undefined) return { url, key: adminKey, keyFrom: 'ADMIN_API_KEY' }
  return { url, key: kept, keyFrom: kept === null ? null : join(data ?? '', 'admin-key') }
}

function dataFolder(world: Pick<World, 'env'>, root: string): string {
  return resolve(root, world.env.ZAPFLEET_DATA_DIR || '.zapfleet')
}

function readLine(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch {
    return null
  }
}

function readEnvFile(file: string): Record<string, string | undefined> {
  const text = readLine(file)
  return text === null ? {} : (parseEnv(text) as Record<string, string | undefined>)
}
