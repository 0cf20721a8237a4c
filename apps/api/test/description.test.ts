import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { Fleet } from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { testKeyRing } from './fleet-api.ts'

let server: FastifyInstance
beforeAll(() => {
  server = buildServer({
    fleet: { sql: {} } as Fleet,
    keyRing: testKeyRing,
    log: createLog('silent'),
    version: '1.2.3',
  })
})
afterAll(() => server?.close())

describe('GET /openapi.json', () => {
  it('is an OpenAPI 3.1 document in which a strict linter finds nothing', async () => {
    const { statusCode, headers, body } = await server.inject('/openapi.json')
    expect([statusCode, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    expect(JSON.parse(body)).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\./),
      info: { version: '1.2.3' },
    })
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // The health routes of orchestrators refuse no caller.
        'operation-4xx-response': 'off',
        // The linter treats the halves of an allOf as closed; routes.test.ts checks examples against the whole.
        'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true },
      },
    })
    const problems = await lintFromString({ source: body, config })
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    )
  })

  it('fails the linter with an error in it', async () => {
    const document = (await server.inject('/openapi.json')).json()
    document.paths['/v1/instances/{name}'].get.parameters = []
    document.paths['/v1/choose'].post.operationId = 'reservationReserve'
    const config = await createConfig({ extends: ['recommended-strict'] })
    const problems = await lintFromString({ source: JSON.stringify(document), config })
    const rules = problems.map(({ ruleId }) => ruleId)
    expect(rules).toEqual(expect.arrayContaining(['path-parameters-defined', 'operation-operationId-unique']))
  })
})

describe('/docs', () => {
  it('is a page that loads nothing from other origins and has a strict policy', async () => {
    const { statusCode, headers, body } = await server.inject('/docs')
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    // Nothing inline: the policy would block it.
    expect(body).not.toMatch(/<style|style=|\son\w+=|<script>/)
    const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(loaded.length).toBeGreaterThan(4)
    for (const path of loaded) {
      // Relative to /docs: a proxy may serve all of it under a sub path.
      expect(path).toMatch(/^(docs\/|openapi\.json$)/)
      const file = await server.inject(`/${path}`)
      expect([path, file.statusCode]).toEqual([path, 200])
      expect(file.rawPayload.length).toBeGreaterThan(10)
    }
  })

  it('answers with and without a slash at its end, and 404 for unknown files', async () => {
    const withSlash = await server.inject('/docs/')
    expect([withSlash.statusCode, withSlash.headers.location]).toEqual([308, '../docs'])
    expect((await server.inject('/docs/../package.json')).statusCode).toBe(404)
    expect((await server.inject('/docs/nothing.js')).statusCode).toBe(404)
  })
})
