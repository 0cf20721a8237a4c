import { describe, expect, test } from 'vitest'
import { foreignNameProblem } from '../src/instance/instance-name.ts'

describe('an instance that another program made on Evolution', () => {
  test.each([
    'vendas-01',
    'Loja Centro',
    'loja/2',
    'São Paulo',
    '100%',
    'a.b',
    '...',
    '😀',
    'x'.repeat(50),
    '😀'.repeat(50),
  ])('is managed under %s', (name) => {
    expect(foreignNameProblem(name)).toBeNull()
  })

  test.each([
    ['', 'no name'],
    ['x'.repeat(51), 'more than 50'],
    ['ven\u0000das', 'not seen'],
    ['vendas\n01', 'not seen'],
    ['vendas\u200b', 'not seen'],
    ['\u202evendas', 'not seen'],
    ['vendas\u00a001', 'not seen'],
    ['vendas\u2028', 'not seen'],
    ['\ud800', 'not seen'],
    ['vendas-01 ', 'looks like another'],
    [' vendas-01', 'looks like another'],
    ['.', 'never be deleted'],
    ['..', 'never be deleted'],
    ['constructor', 'JavaScript'],
    ['__proto__', 'JavaScript'],
  ])('is not managed under %j: %s', (name, why) => {
    expect(foreignNameProblem(name)).toContain(why)
  })
})
