// One process at a time installs and builds in a clone.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Calls `act` while this process holds the lock `file`, and removes the file afterwards. Waits while another process holds it;
 * `onWait` is called once before the wait.
 */
export async function withLockFile(file, onWait, act) {
  mkdirSync(dirname(file), { recursive: true })
  for (let attempt = 0; !take(file); attempt++) {
    if (attempt === 0) onWait()
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    await act()
  } finally {
    release()
    process.off('exit', release)
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    // The holder is dead, or the clone was copied during a start. A file younger than 1 s may not have its id yet.
    if (!isAlive(holderOf(file)) && ageMs(file) > 1000) rmSync(file, { force: true })
    return false
  }
}

function holderOf(file) {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
}

function ageMs(file) {
  return existsSync(file) ? Date.now() - statSync(file).mtimeMs : 0
}

function isAlive(pid) {
  if (!pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
