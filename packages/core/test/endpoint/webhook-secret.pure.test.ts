import { expect, it } from 'vitest'
import {
  makeWebhookSecret,
  webhookSecretProblem,
  webhookSignature,
} from '../../src/endpoint/webhook-secret.ts'

it('signs the published example of Standard Webhooks as its libraries do', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const signature = webhookSignature(
    secret,
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330,
    '{"test": 2432232314}',
  )
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

it('signs with the UTF-8 bytes of a secret that has no prefix', () => {
  // printf 'm.1.{}' | openssl dgst -sha256 -hmac 'uma senha longa çã' -binary | base64
  expect(webhookSignature('uma senha longa çã', 'm', 1, '{}')).toBe(
    'v1,GX4JWzAvzJdgpySUAvxllhl8mNreFVEVjCYCWI7OYk0=',
  )
})

it('makes secrets in the form of Standard Webhooks, each another', () => {
  const secrets = Array.from({ length: 100 }, makeWebhookSecret)
  expect(new Set(secrets).size).toBe(100)
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(webhookSecretProblem(secret)).toBeNull()
  }
})

const base64 = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
it.each([
  [base64(24), null],
  [base64(64), null],
  [base64(24).replace(/=+$/, ''), null],
  ['a text of sixteen', null],
  ['ç'.repeat(200), null],
  [base64(23), /24 to 64 bytes after whsec_, got 23 bytes/],
  [base64(65), /got 65 bytes/],
  ['whsec_', /no base64/],
  ['whsec_not base64 at all, not even close', /no base64/],
  ['whsec_AAAAA', /no base64/],
  ['', /16 to 200 characters, got 0/],
  ['fifteen letters', /got 15 characters/],
  ['🔐'.repeat(201), /got 201 characters/],
  ['with a NUL \0 in the middle of it', /well-formed/],
])('a secret is accepted or refused without being repeated: %j', (secret, problem) => {
  const found = webhookSecretProblem(secret)
  if (problem === null) expect(found).toBeNull()
  else {
    expect(found).toMatch(problem)
    if (secret.length > 8) expect(found).not.toContain(secret)
  }
})
