import { readFileSync } from 'node:fs'
import { procedureContracts } from '@zapfleet/api'
import { describe, expect, it } from 'vitest'
import { isPostable, isRepeatable, isSlow } from '../src/call-policy.ts'

const procedures = [...procedureContracts()]

describe('the call policy', () => {
  it.each(procedures)('of %s agrees with the meta of the procedure', (path, { type, meta }) => {
    expect(isSlow(path)).toBe(meta.isSlow === true)
    expect(isPostable(type, path)).toBe(meta.postable === true)
    expect(isRepeatable(type, path)).toBe(type === 'query' || meta.repeatable === true)
  })

  it('is what the documentation of timeouts.slowMs lists', () => {
    const options = readFileSync(new URL('../src/options.ts', import.meta.url), 'utf8')
    const listed = /slow calls: ([^(]+) \(60,000\)/.exec(options)?.[1]?.split(', ') ?? []
    const expected = procedures.filter(([, { meta }]) => meta.isSlow).map(([path]) => path)
    // A name without its noun is one of `instance`, or follows another of its noun.
    const inFull = listed.map((name, at) => {
      if (name.includes('.')) return name
      const noun =
        listed
          .slice(0, at)
          .findLast((one) => one.includes('.'))
          ?.split('.')[0] ?? 'instance'
      return `${noun}.${name}`
    })
    expect(inFull.sort()).toEqual(expected.sort())
  })
})
