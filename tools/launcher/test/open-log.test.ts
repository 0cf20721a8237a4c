import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'
import { openLog } from '../src/open-log.ts'

test('a new start begins a new file and keeps the last one', () => {
  const file = join(newFolder(), 'api.log')
  for (const word of ['first', 'second', 'third']) {
    const log = openLog(file)
    log.write(word)
    log.close()
  }
  expect(readFileSync(file, 'utf8')).toBe('third\n')
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('second\n')
})

test('keeps at most about twice its limit', () => {
  const file = join(newFolder(), 'api.log')
  const log = openLog(file, 100)
  for (let line = 0; line < 1000; line++) log.write('0123456789')
  log.close()
  expect(readFileSync(file, 'utf8').length).toBeLessThan(120)
  expect(readFileSync(`${file}.1`, 'utf8').length).toBeLessThan(120)
  expect(existsSync(`${file}.2`)).toBe(false)
})
