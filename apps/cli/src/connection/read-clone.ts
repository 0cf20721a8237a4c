import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { readHolder } from '@zapfleet/holder'
import type { World } from '../world.ts'
import { isLoopback } from './address.ts'

/** The running fleet of `npm start`: its address, its admin key (null: not found), and where the key is from, for people. */
export type CloneFleet = { url: string; key: string | null; keyFrom: string | null }

/**
 * The running fleet of `npm start`, in the working directory or else in the clone that this program is part of; null
 * when there is none. Its admin key is found as the launcher finds it: ADMIN_API_KEY of the environment, then of `.env`,
 * then the file that the launcher made.
 *
 * This program sends an admin key to that address, so it is used only while the process that wrote it runs: after that,
 * another program may listen there. A folder is used only when no other user can write it.
 */
export function readClone(world: Pick<World, 'env' | 'cwd' | 'clone'>): CloneFleet | null {
  const owner = ownerOf(world.clone)
  return (
    readFolder(world, world.cwd, (path) => isOwn(path)) ??
    // The owner of the clone wrote the program that runs here.
    readFolder(world, world.clone, (path) => isOwn(path) || (owner !== null && ownerOf(path) === owner))
  )
}

function readFolder(
  world: Pick<World, 'env'>,
  root: string,
  isTrusted: (path: string) => boolean,
): CloneFleet | null {
  const data = resolve(root, world.env.ZAPFLEET_DATA_DIR || '.zapfleet')
  if (!isTrusted(data) || readHolder(data) === null) return null
  const url = readLine(join(data, 'api-url'))
  if (url === null || !URL.canParse(url) || !isLoopback(url)) return null
  const env = join(root, '.env')
  const adminKey = world.env.ADMIN_API_KEY || (isTrusted(env) && readEnvFile(env).ADMIN_API_KEY)
  if (adminKey) return { url, key: adminKey, keyFrom: 'ADMIN_API_KEY' }
  const file = join(data, 'admin-key')
  const key = readLine(file)
  return { url, key, keyFrom: key === null ? null : file }
}

/** Whether this user owns a path and no other user may write it. */
function isOwn(path: string): boolean {
  const user = process.getuid?.()
  return user === undefined || ownerOf(path) === user
}

/** The user id that owns a path; null: there is no such path, or every user may write it. */
function ownerOf(path: string): number | null {
  try {
    const { uid, mode } = statSync(path)
    return process.platform !== 'win32' && (mode & 0o002) !== 0 ? null : uid
  } catch {
    return null
  }
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
