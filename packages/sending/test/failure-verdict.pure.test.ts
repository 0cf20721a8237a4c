import { expect, it } from 'vitest'
import { judgeSendFailure } from '../src/index.ts'

const failure = (code: string, more: object = {}) =>
  Object.assign(new Error(`failed: ${code}`), { code, ...more })
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause })

it.each([
  ['a refused connection', fetchFailed(failure('ECONNREFUSED'))],
  ['a name without an address', fetchFailed(failure('ENOTFOUND'))],
  ['a timeout of the connection', fetchFailed(failure('UND_ERR_CONNECT_TIMEOUT'))],
  ['an expired certificate', fetchFailed(failure('CERT_HAS_EXPIRED'))],
  ['an unreachable network, while connecting', fetchFailed(failure('ENETUNREACH', { syscall: 'connect' }))],
  [
    'several addresses that all refuse',
    fetchFailed(new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')])),
  ],
])('%s certainly sent nothing', (_what, error) => {
  expect(judgeSendFailure(error)).toMatchObject({ sent: 'no', why: 'unreachable', elsewhere: false })
})

it.each([
  ['a reset', fetchFailed(failure('ECONNRESET'))],
  ['a timeout', new DOMException('The operation was aborted due to timeout', 'TimeoutError')],
  ['an error of a browser', new TypeError('Failed to fetch')],
  [
    'several addresses of which one was reached',
    fetchFailed(new AggregateError([failure('ECONNREFUSED'), failure('ECONNRESET')])),
  ],
  ['a value that is no error', 'gone'],
])('%s may have sent', (_what, error) => {
  expect(judgeSendFailure(error)).toMatchObject({ sent: 'maybe', why: 'no_answer' })
})

it('the words are those of the error, with the code of its cause', () => {
  expect(judgeSendFailure(fetchFailed(failure('ECONNRESET')))).toMatchObject({
    words: 'fetch failed (ECONNRESET)',
  })
})
