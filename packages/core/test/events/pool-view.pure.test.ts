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

const seen = ([shown]: FleetEvent[]) => {
  if (shown === undefined) return null
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
    ['counters of a number that another program added', counters(instance('two', ['a'])), 'created two a'],
    ['counters of a number that another program removed', counters(instance('one', ['b'])), 'deleted one'],
  ])('of %s', (_what, given, shown) => {
    expect(seen(poolView(['a'], ['one'])(given, '6'))).toBe(shown)
  })

  it('of counters is what joined and left with the last id, once, and then the counters of the others', () => {
    const view = poolView(['a'], ['one', 'three'])
    const moved = counters(instance('one', ['b']), instance('two', ['a', 'b']), instance('three', ['a']))
    const all = view(moved, '41')
    expect(all.map((one) => seen([one]))).toEqual(['deleted one', 'created two a', 'counters three'])
    expect(all.map((one) => ('id' in one ? one.id : null))).toEqual(['41', '41', null])
    expect(view(moved, '41').map((one) => seen([one]))).toEqual(['counters two,three'])
  })

  it('follows a number that leaves and comes back', () => {
    const view = poolView(['a'], ['one'])
    const changes: string[][] = [['b'], ['b'], ['a'], ['a', 'b'], [], ['a']]
    expect(changes.map((tags) => seen(view(event('settings', 'one', tags), '6')))).toEqual([
      'deleted one',
      null,
      'created one a',
      'settings one a',
      'deleted one',
      'created one a',
    ])
  })

  it('has nothing that a number received with the tags of another pool', () => {
    const [left] = poolView(['a'], ['one'])(
      event('settings', 'one', ['b'], { phoneNumber: '+5521900000001', pauseReason: 'moved', paused: true }),
      '6',
    )
    expect(left).toMatchObject({
      type: 'deleted',
      instance: { phoneNumber: null, pauseReason: null, tags: [] },
    })
  })

  it('names the number with the same phone only where it is one of the pool', () => {
    const action = (name: string) => `Its phone is paired with "${name}" too, which serves it.`
    const duplicate = (of: string) =>
      poolView(['a'], ['one', 'two'])(
        event('settings', 'one', ['a'], { duplicateOf: of, action: action(of) }),
        '6',
      )[0]
    expect(duplicate('two')).toMatchObject({ instance: { duplicateOf: 'two', action: action('two') } })
    const hidden = duplicate('other')
    expect(hidden).toMatchObject({ instance: { duplicateOf: null } })
    expect(JSON.stringify(hidden)).not.toContain('"other"')
    expect(hidden).toMatchObject({
      instance: { action: expect.stringContaining('paired with another number too') },
    })
  })
})
