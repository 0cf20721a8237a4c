import { FleetError } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'
import { poolsOfRead, withPoolOfCall } from '../src/pools.ts'

const REFUSED = ['FORBIDDEN', 'INVALID_INPUT'] as const

/** What a decision answers, or the code of its refusal. */
function outcome<Answer>(decide: () => Answer): Answer | string {
  try {
    return decide()
  } catch (error) {
    return (error as FleetError).code
  }
}

describe('the pool of a call that chooses a number', () => {
  it.each<[keys: string, pools: string[] | undefined, named: string | undefined, pool: string | undefined]>([
    ['a key that is not bound', undefined, undefined, undefined],
    ['a key that is not bound', undefined, 'vendas', 'vendas'],
    ['a key of one pool', ['vendas'], undefined, 'vendas'],
    ['a key of one pool', ['vendas'], 'vendas', 'vendas'],
    ['a key of one pool', ['vendas'], 'cobranca', 'FORBIDDEN'],
    ['a key of one pool', ['vendas'], 'Vendas', 'FORBIDDEN'],
    ['a key of several pools', ['cobranca', 'vendas'], undefined, 'INVALID_INPUT'],
    ['a key of several pools', ['cobranca', 'vendas'], 'vendas', 'vendas'],
    ['a key of several pools', ['cobranca', 'vendas'], 'suporte', 'FORBIDDEN'],
  ])('by %s (%s) that names %s is %s', (_key, pools, named, expected) => {
    expect(outcome(() => withPoolOfCall({ pools }, { pool: named }).pool)).toBe(expected)
  })

  it('keeps the rest of the input', () => {
    const input: { contactId: string; pool?: string } = { contactId: '5511987654321' }
    expect(withPoolOfCall({ pools: ['vendas'] }, input)).toEqual({ ...input, pool: 'vendas' })
    expect(withPoolOfCall({}, input)).toEqual(input)
  })

  it('names the pools of the key in its refusals', () => {
    const pools = ['cobranca', 'vendas']
    for (const named of [undefined, 'suporte']) {
      const decide = () => withPoolOfCall({ pools }, { pool: named })
      expect(decide).toThrow(FleetError)
      expect(decide).toThrow('expected one of "cobranca", "vendas"')
      expect(REFUSED).toContain(outcome(decide))
    }
  })
})

describe('the pools of a call that reads', () => {
  it.each<[pools: string[] | undefined, named: string | undefined, read: string[] | string | undefined]>([
    [undefined, undefined, undefined],
    [undefined, 'vendas', ['vendas']],
    [['vendas'], undefined, ['vendas']],
    [['vendas'], 'vendas', ['vendas']],
    [['vendas'], 'cobranca', 'FORBIDDEN'],
    [['cobranca', 'vendas'], undefined, ['cobranca', 'vendas']],
    [['cobranca', 'vendas'], 'vendas', ['vendas']],
  ])('of a key of %s that names %s are %s', (pools, named, expected) => {
    expect(outcome(() => poolsOfRead({ pools }, named))).toEqual(expected)
  })
})
