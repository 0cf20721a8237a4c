import fc from 'fast-check'
import { expect, it } from 'vitest'
import { withArrayTexts } from '../../src/ground/array-text.ts'
import { statement } from '../../src/ground/statement.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet } = await testFleet()
const read = statement(
  'read_back',
  'select array(select json_build_object(0, t) from unnest($1::text[]) t) texts, $2::int[] numbers, $3::bool[] flags',
)

const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0')),
  fc.constantFrom('', 'null', 'NULL', '{', '}', ',', '"', '\\', "'", ' a ', '\n', '\t', 'ã', '5511999999999'),
)

it('the database receives every array as it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(text)),
      fc.array(fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
      fc.array(fc.option(fc.boolean())),
      async (texts, numbers, flags) => {
        const [row] = await fleet.sql.runCount(read, [texts, numbers, flags])
        expect(row).toEqual({ texts: texts.map((one) => ({ 0: one })), numbers, flags })
      },
    ),
    { numRuns: 200 },
  )
})

it('only arrays that JSON writes without a backslash become text', () => {
  const dates = [new Date(0)]
  const quoted = ['a"b']
  const others = [[1n], [Number.NaN], [undefined]]
  const values = [null, 'a', 1, ['a', null, 'b c'], [1, null], [true], [], quoted, dates, ...others]
  expect(withArrayTexts(values)).toEqual([
    null,
    'a',
    1,
    '{"a",null,"b c"}',
    '{1,null}',
    '{true}',
    '{}',
    quoted,
    dates,
    ...others,
  ])
})
