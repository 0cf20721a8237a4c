import { readdirSync, readFileSync } from 'node:fs'
import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { FLEET_ERROR_CODES, FleetError } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'
import {
  callerMessage,
  fleetErrorOf,
  fleetErrorShape,
  trpcErrorOf,
  withFleetCode,
} from '../src/errors/failure.ts'

describe('the map of errors', () => {
  it('gives every fleet error an HTTP status of its own kind', () => {
    const statuses = FLEET_ERROR_CODES.map((code) => [
      code,
      getHTTPStatusCodeFromError(trpcErrorOf(new FleetError(code, 'words'))),
    ])
    expect(Object.fromEntries(statuses)).toEqual({
      INVALID_INPUT: 400,
      UNAUTHORIZED: 401,
      FORBIDDEN: 403,
      NOT_FOUND: 404,
      CONFLICT: 409,
      INVALID_STATE: 412,
      CONTACT_BLOCKED: 403,
      NO_CAPACITY: 429,
      RATE_LIMITED: 429,
      OVERLOADED: 503,
      EVOLUTION_UNREACHABLE: 502,
      EVOLUTION_REFUSED: 502,
      EVOLUTION_MALFORMED: 502,
      DATABASE_UNAVAILABLE: 503,
      UNEXPECTED: 500,
    })
  })

  it('corrects the kind of errors of core, and leaves other errors as they are', () => {
    const thrown = new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      cause: new FleetError('CONFLICT', 'taken'),
    })
    expect(withFleetCode(thrown).code).toBe('CONFLICT')
    const own = new TRPCError({ code: 'BAD_REQUEST' })
    expect(withFleetCode(own)).toBe(own)
  })

  it('reads tRPC refusals as fleet errors', () => {
    const codeOf = (code: TRPCError['code']) => fleetErrorOf(new TRPCError({ code }), undefined).code
    expect(codeOf('METHOD_NOT_SUPPORTED')).toBe('INVALID_INPUT')
    expect(codeOf('NOT_FOUND')).toBe('NOT_FOUND')
    expect(codeOf('INTERNAL_SERVER_ERROR')).toBe('UNEXPECTED')
  })

  it('returns availableAt, keeps null, and omits what core did not set', () => {
    const at = new Date('2026-01-02T03:04:05.678Z')
    expect(
      fleetErrorShape(new FleetError('NO_CAPACITY', 'full', { availableAt: at, reasons: { PAUSED: 2 } })),
    ).toEqual({
      code: 'NO_CAPACITY',
      availableAt: '2026-01-02T03:04:05.678Z',
      reasons: { PAUSED: 2 },
    })
    expect(fleetErrorShape(new FleetError('NO_CAPACITY', 'full', { availableAt: null }))).toEqual({
      code: 'NO_CAPACITY',
      availableAt: null,
    })
    expect(fleetErrorShape(new FleetError('NOT_FOUND', 'no'))).toEqual({ code: 'NOT_FOUND' })
  })

  it('returns a request id in place of internal errors', () => {
    const message = callerMessage(new FleetError('UNEXPECTED', 'SELECT secret FROM t'), 'id-7')
    expect(message).toContain('id-7')
    expect(message).not.toContain('SELECT')
  })
})

it('errors/ imports neither the router nor procedures', () => {
  const folder = new URL('../src/errors/', import.meta.url)
  const imports = readdirSync(folder).flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/ from '(\.[^']+)'/g)].map(([, path]) => path),
  )
  expect(imports).toContain('../log.ts')
  expect(imports.filter((path) => /router|procedure/.test(path ?? ''))).toEqual([])
})
