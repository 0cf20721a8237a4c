import { describe, expect, it } from 'vitest'
import type { EventType, FleetEvent } from '../../src/events/event.ts'
import { poolView } from '../../src/events/pool-view.ts'
import type { Instance } from '../../src/index.ts'

const instance = (name: string, tags: string[], more: Partial<Instance> = {}) =>
  ({ name, tags, phoneNumber: '+5511987654321', duplicateOf: null, action: null, ...more }) as Instance

const event = (type: EventType, name: string, tags: string[], more: Partial<Instance> = {}): FleetEvent => ({
  id: '7',
  type,
  instance: instance(name, tags, more),
})
const counters = (...instances: Instance[]): FleetEvent => ({ type: 'counters', instances })

const seen = (shown: FleetEvent | null) => {
  if (shown === null) return null
  if (shown.type === 'counters') return `counters ${shown.instances.map(({ name }) => name)}`
  return `${shown.type} ${shown.instance.name} ${shown.instance.tags}`.trim()
}

describe('what a subscriber of pool a receives', () => {
  it.each<[what: string, given: FleetEvent, shown: string | null]>([
    ['a change of its number', event('status', 'one', ['a']), 'status one a'],
    ['a change of another number', event('status', 'two', ['b']), null],
    ['a number without tags', event('settings', 'two', []), null],
    ['a number that joins', event('settings', 'two', ['a']), 'created two a'],
    ['a number that joins as its status changes', event('status', 'two', ['a']), 'created two a'],
    ['a new number', event('created', 'two', ['a']), 'created two a'],
    ['a new number of another pool', event('created', 'two', ['b']), null],
    ['a number that leaves', event('settings', 'one', ['b']), 'deleted one'],
    ['a number that leaves as its status changes', event('status', 'one', []), 'deleted one'],
    ['its number is deleted', event('deleted', 'one', ['a']), 'deleted one a'],
    ['another number is deleted', event('deleted', 'two', ['b']), null],
    ['a number of several pools', event('status', 'one', ['a', 'b']), 'status one a'],
    ['counters', counters(instance('one', ['a']), instance('two', ['b'])), 'counters one'],
    ['counters of others', counters(instance('two', ['b'])), null],
    ['counters of a number that was not announced yet', counters(instance('two', ['a'])), null],
    ['counters of a number that has left', counters(instance('one', ['b'])), null],
  ])('of %s', (_what, given, shown) => {
    expect(seen(poolView(['a'], ['one'])(given))).toBe(shown)
  })

  it('follows a number that leaves and comes back', () => {
    const view = poolView(['a'], ['one'])
    const changes: string[][] = [['b'], ['b'], ['a'], ['a', 'b'], [], ['a']]
    expect(changes.map((tags) => seen(view(event('settings', 'one', tags))))).toEqual([
      'deleted one',
      null,
      'created one a',
      'settings one a',
      'deleted one',
      'created one a',
    ])
  })

  it('has nothing that a number received with the tags of another pool', () => {
    const left = poolView(
      ['a'],
      ['one'],
    )(event('settings', 'one', ['b'], { phoneNumber: '+5521900000001', pauseReason: 'moved', paused: true }))
    expect(left).toMatchObject({
      type: 'deleted',
      instance: { phoneNumber: null, pauseReason: null, tags: [] },
    })
  })

  it('names the number with the same phone only where it is one of the pool', () => {
    const action = (name: string) => `Its phone is paired with "${name}" too, which serves it.`
    const duplicate = (of: string) =>
      poolView(
        ['a'],
        ['one', 'two'],
      )(event('settings', 'one', ['a'], { duplicateOf: of, action: action(of) }))
    expect(duplicate('two')).toMatchObject({ instance: { duplicateOf: 'two', action: action('two') } })
    const hidden = duplicate('other')
    expect(hidden).toMatchObject({ instance: { duplicateOf: null } })
    expect(JSON.stringify(hidden)).not.toContain('"other"')
    expect(hidden).toMatchObject({
      instance: { action: expect.stringContaining('paired with another number too') },
    })
  })
})
