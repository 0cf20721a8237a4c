// Two starts in one clone must not install and build at the same time.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Runs `act` when no other process holds `file`, which is made for the time; `busy` is called once when it must wait. */
export async function alone(file, busy, act) {
  mkdirSync(dirname(file), { recursive: true })
  let said = false
  while (!take(file)) {
    if (!said) busy()
    said = true
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const free = () => rmSync(file, { force: true })
  process.once('exit', free)
  try {
    await act()
  } finally {
    free()
    process.off('exit', free)
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    // A holder that died, or a clone that was copied in mid-start, lets go; a young file may not be written yet.
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
