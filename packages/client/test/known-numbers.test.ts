import { describe, expect, it } from 'vitest'
import { KnownNumbers } from '../src/known-numbers.ts'
import type { Instance } from '../src/router.ts'

const aNumber = (name: string, more: Partial<Instance> = {}): Instance =>
  ({ name, priority: 1, checkedAt: null, ...more }) as Instance

describe('the known numbers', () => {
  it('take over a change, and keep when a number was checked', () => {
    const checked = aNumber('a', { checkedAt: '2026-11-25T12:00:00.000Z' })
    const known = new KnownNumbers([checked])
    known.apply({ kind: 'number', name: 'a', instance: aNumber('a', { priority: 3 }) })
    expect(known.inOrder()).toEqual([{ ...checked, priority: 3 }])
    known.apply({ kind: 'counters', name: 'a', instance: aNumber('a', { priority: 4 }) })
    expect(known.get('a')?.priority).toBe(4)
  })

  it('are in the order of names as the API has it, with one that appears and without one that goes', () => {
    const known = new KnownNumbers([aNumber('B'), aNumber('a')])
    known.apply({ kind: 'number', name: 'Z', instance: aNumber('Z') })
    expect(known.inOrder().map(({ name }) => name)).toEqual(['B', 'Z', 'a'])
    known.apply({ kind: 'number', name: 'B', instance: null })
    expect(known.inOrder().map(({ name }) => name)).toEqual(['Z', 'a'])
  })

  it('gain no number by counters: it may be deleted already', () => {
    const known = new KnownNumbers([aNumber('a')])
    known.apply({ kind: 'counters', name: 'gone', instance: aNumber('gone') })
    expect(known.inOrder()).toHaveLength(1)
  })
})
