import { expect, test } from 'vitest'
import { parsePostmasterFile } from '../src/postmaster-file.ts'

test('reads pid, port and state of a server that is ready', () => {
  const text = '4711\n/data/cluster\n1763836800\n41681\n\n127.0.0.1\n  1234   5\nready   \n'
  expect(parsePostmasterFile(text)).toEqual({ pid: 4711, port: 41681, ready: true })
})

test('a server that is still starting is not ready', () => {
  expect(parsePostmasterFile('4711\n/data\n1763836800\n41681\n\n\n\nstarting\n')?.ready).toBe(false)
})

test('reads the negative pid of single-user mode, and a file of one line', () => {
  expect(parsePostmasterFile('-4711\n')).toEqual({ pid: 4711, port: null, ready: false })
})

test.each(['', '\n', 'garbage\n'])('%j names no server', (text) => {
  expect(parsePostmasterFile(text)).toBeNull()
})
