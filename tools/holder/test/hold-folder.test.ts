import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'
import { FolderInUseError, holdFolder, readProcess } from '../src/index.ts'

test('a folder is held by one process at a time, and free after its release', () => {
  const folder = newFolder()
  const hold = holdFolder(folder, { url: 'http://one' })
  expect(() => holdFolder(folder)).toThrow(FolderInUseError)
  hold.release()
  hold.release()
  const second = holdFolder(folder)
  expect(second.left).toBeNull()
  second.release()
  expect(readdirSync(folder)).toEqual([])
})

test('a refused process gets the pid and the note of the holder', () => {
  const folder = newFolder()
  const hold = holdFolder(folder)
  hold.write({ url: 'http://127.0.0.1:3333' })
  try {
    holdFolder(folder)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ pid: process.pid, note: { url: 'http://127.0.0.1:3333' } })
  }
  hold.release()
})

test('a folder whose holder died is taken over, with its note', () => {
  const folder = newFolder()
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  writeFileSync(
    join(folder, 'holder.json'),
    JSON.stringify({ pid: dead, startedAt: '1', note: { children: [1, 2] } }),
  )
  const hold = holdFolder(folder)
  expect(hold.left).toEqual({ children: [1, 2] })
  hold.release()
  expect(existsSync(join(folder, 'holder.json'))).toBe(false)
})

test('a pid that now belongs to another program does not hold the folder', () => {
  const folder = newFolder()
  writeFileSync(
    join(folder, 'holder.json'),
    JSON.stringify({ pid: process.ppid, startedAt: 'long ago', note: null }),
  )
  expect(() => holdFolder(folder).release()).not.toThrow()
})

test.each(['', '{', '[]', 'null', '{"pid":"x"}'])(
  'a holder file with the content %j holds nothing',
  (content) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'holder.json'), content)
    expect(() => holdFolder(folder).release()).not.toThrow()
  },
)

test('reads a live process with the same result each time, and null for a dead one', () => {
  const me = readProcess(process.pid)
  expect(me).not.toBeNull()
  expect(readProcess(process.pid)).toEqual(me)
  expect(readProcess(spawnSync(process.execPath, ['-e', '']).pid)).toBeNull()
})
