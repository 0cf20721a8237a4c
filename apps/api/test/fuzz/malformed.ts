import fc from 'fast-check'
import { ADMIN_KEY } from '../fleet-api.ts'
import type { Header } from './call.ts'
import type { WireRequest } from './wire.ts'

/** Requests that are hardly HTTP. A server may close the connection or answer 4xx, and must continue to serve. */
export const malformed: fc.Arbitrary<WireRequest> = fc
  .constantFrom<{ method?: string; target?: string; headers?: readonly Header[]; body?: string }>(
    { method: 'G\0T' },
    { method: 'get' },
    { target: 'trpc/fleet.stats' },
    { target: '*' },
    { target: '//' },
    { target: 'http://u:p@h/trpc/fleet.stats' },
    { target: '/trpc/fleet.stats#a b' },
    { target: `/${'a'.repeat(20_000)}` },
    { target: '/trpc/fleet.stats\0' },
    {
      headers: [
        ['host', 'u:p@h'],
        ['x-api-key', ADMIN_KEY],
      ],
    },
    {
      headers: [
        ['host', '['],
        ['x-api-key', ADMIN_KEY],
      ],
    },
    { headers: [] },
    {
      headers: [
        ['host', 'h'],
        ['host', 'i'],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['x', 'a'.repeat(20_000)],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['bad header', 'x'],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['content-length', 'abc'],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['content-length', '5'],
        ['transfer-encoding', 'chunked'],
      ],
      method: 'POST',
      body: '0\r\n\r\n',
    },
    {
      headers: [
        ['host', 'h'],
        ['x-api-key', ADMIN_KEY],
        ['content-type', 'application/json'],
        ['transfer-encoding', 'chunked'],
      ],
      method: 'POST',
      target: '/v1/choose',
      body: 'zz\r\n',
    },
    {
      headers: [
        ['host', 'h'],
        ['x-api-key', ADMIN_KEY],
        ['content-type', 'application/json'],
        ['content-length', '1'],
      ],
      method: 'POST',
      target: '/v1/choose',
      body: '{}',
    },
  )
  .map(
    ({
      method = 'GET',
      target = '/trpc/fleet.stats',
      headers = [
        ['host', 'h'],
        ['x-api-key', ADMIN_KEY],
      ],
      body,
    }) => ({ method, target, headers, body: body === undefined ? null : Buffer.from(body) }),
  )
