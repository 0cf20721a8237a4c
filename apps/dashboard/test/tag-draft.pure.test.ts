import { expect, it } from 'vitest'
import {
  countTags,
  NO_TAGS,
  readTags,
  suggestedTags,
  tagDraftOf,
  tagProblem,
  withText,
  withTyped,
} from '../src/number/tag-draft.ts'
import { en } from '../src/words/en.ts'
import { anInstance } from './an-instance.ts'

const of = (...tags: string[]) => tagDraftOf(anInstance({ tags }))

it('a comma or a line end makes a tag of what was typed before it, once and without blanks around it', () => {
  expect(withText(NO_TAGS, 'ven')).toEqual({ tags: [], tagText: 'ven' })
  expect(withText(of('vip'), 'vendas , vip,\n são paulo\nno')).toEqual({
    tags: ['vip', 'vendas', 'são paulo'],
    tagText: 'no',
  })
  expect(withTyped({ tags: ['vip'], tagText: ' sul ' })).toEqual({ tags: ['vip', 'sul'], tagText: '' })
  expect(withTyped({ tags: ['vip'], tagText: ' ' })).toEqual({ tags: ['vip'], tagText: '' })
})

it('tags are sent where they differ from the stored ones, with what is typed', () => {
  expect(readTags(of('b', 'a'), of('a', 'b'))).toEqual({})
  expect(readTags({ tags: ['a'], tagText: 'a' }, of('a'))).toEqual({})
  expect(readTags({ tags: ['b'], tagText: 'a' }, of('b'))).toEqual({ tags: ['a', 'b'] })
  expect(readTags(NO_TAGS, of('a'))).toEqual({ tags: [] })
})

it('tags that the API refuses have a problem, also while they are typed', () => {
  expect(tagProblem(of('vendas', '👍'.repeat(50)), en)).toBeUndefined()
  expect(tagProblem({ tags: [], tagText: 'x'.repeat(51) }, en)).toContain('1 to 50 characters')
  expect(tagProblem({ tags: [], tagText: 'a\u200bb' }, en)).toContain('is no tag')
  const twenty = Array.from({ length: 20 }, (_, at) => `t${at}`)
  expect(tagProblem(of(...twenty), en)).toBeUndefined()
  expect(tagProblem({ tags: twenty, tagText: 'more' }, en)).toContain('at most 20 tags; these are 21')
})

it('the tags of the fleet are counted by name, and offered by what is typed, the most frequent first', () => {
  const known = countTags([['b', 'Vendas'], ['b'], ['a', 'vip'], []].map((tags) => anInstance({ tags })))
  expect([...known]).toEqual([
    ['Vendas', 1],
    ['a', 1],
    ['b', 2],
    ['vip', 1],
  ])
  expect(suggestedTags(NO_TAGS, known, 3)).toEqual(['b', 'Vendas', 'a'])
  expect(suggestedTags({ tags: ['vip'], tagText: 'V' }, known, 3)).toEqual(['Vendas'])
  // Those that begin with it come before those that contain it.
  expect(suggestedTags({ tags: [], tagText: 'a' }, known, 3)).toEqual(['a', 'Vendas'])
})
