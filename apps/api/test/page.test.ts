import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRefuser } from '../src/errors/refuse.ts'
import { registerLegacyRoutes } from '../src/legacy/legacy-routes.ts'
import { portugueseAnswer } from '../src/legacy/portuguese-answer.ts'
import { addSecurityHeaders } from '../src/network/security-headers.ts'
import { registerPage } from '../src/page/page-routes.ts'

const folder = mkdtempSync(join(tmpdir(), 'zapfleet-page-'))
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

/** The plain routes alone: no route of these tests uses the fleet. */
function serve(pageFolder: string | null) {
  const server = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  addSecurityHeaders(server)
  const nothing = {} as never
  const refuse = { legacy: makeRefuser(() => undefined, portugueseAnswer) }
  registerLegacyRoutes(server, { fleet: nothing, keyRing: nothing, version: '1.2.3', refuse })
  registerPage(server, { version: '1.2.3', pageFolder })
  return server
}

/** A browser gets `{ detail }` and no page. */
async function expectRefused(server: ReturnType<typeof serve>, url: string, status: number) {
  const answer = await server.inject({ url, headers: { accept: BROWSER } })
  expect([url, answer.statusCode, answer.json()]).toEqual([url, status, { detail: expect.any(String) }])
}

beforeAll(() => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(folder, 'assets', 'index-abc.js'), 'plain')
  writeFileSync(join(folder, 'assets', 'index-abc.js.br'), 'as brotli')
  writeFileSync(join(folder, 'secret.txt'), 'beside the assets')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the page at /', () => {
  it('is for browsers; programs get JSON as before', async () => {
    const server = serve(folder)
    const page = await server.inject({ url: '/', headers: { accept: BROWSER } })
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.body).toContain('the page')
    for (const accept of ['*/*', 'application/json', undefined]) {
      const answer = await server.inject({ url: '/', headers: accept === undefined ? {} : { accept } })
      expect(answer.json()).toMatchObject({ name: 'zapfleet', version: '1.2.3' })
      expect(answer.headers.vary).toBe('accept')
    }
  })

  it('is at no other path: the Portuguese routes below /dashboard need a key of browsers too', async () => {
    const server = serve(folder)
    for (const url of ['/dashboard/health', '/dashboard/instances', '/dashboard/instances/a'])
      await expectRefused(server, url, 401)
    for (const url of ['/dashboard', '/dashboard/', '/dashboard/index.html', '/stats'])
      await expectRefused(server, url, 404)
  })

  it('is revalidated each time, and its files, whose names change with them, are cached forever', async () => {
    const server = serve(folder)
    const page = await server.inject({ url: '/', headers: { accept: BROWSER } })
    expect(page.headers['cache-control']).toBe('no-cache')
    const file = await server.inject({ url: '/assets/index-abc.js' })
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(file.headers['content-type']).toContain('javascript')
    const small = await server.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'br' } })
    expect([small.headers['content-encoding'], small.body]).toEqual(['br', 'as brotli'])
  })

  it('allows no inline code and no frames', async () => {
    const server = serve(folder)
    for (const url of ['/', '/assets/index-abc.js']) {
      const { headers } = await server.inject({ url, headers: { accept: BROWSER } })
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    }
  })

  it('serves no file outside its folder, and no JSON of its own for a missing one', async () => {
    const server = serve(folder)
    for (const url of [
      '/assets/../secret.txt',
      '/assets/%2e%2e/secret.txt',
      '/secret.txt',
      '/assets/none.js',
    ]) {
      const answer = await server.inject({ url })
      expect([url, answer.statusCode]).toEqual([url, 404])
      expect(answer.json()).toEqual({ detail: 'Rota não encontrada' })
    }
  })

  it.each([null, join(folder, 'not-built')])(
    'does not exist without a build: JSON for browsers too (%s)',
    async (none) => {
      const answer = await serve(none).inject({ url: '/', headers: { accept: BROWSER } })
      expect(answer.json()).toMatchObject({ name: 'zapfleet' })
    },
  )
})
