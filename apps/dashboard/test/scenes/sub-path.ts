import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFleetClient } from '@zapfleet/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../fleet.ts'
import { rowOf, type Stage } from '../stage.ts'
import { tryStats } from './try-stats.ts'

const PREFIX = '/fleet/'

/** A proxy that serves the API under `/fleet/` and removes that prefix, as nginx's `proxy_pass http://zapfleet/;` does. */
async function startProxy(to: string): Promise<{ origin: string; strays: string[]; close(): void }> {
  const strays: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (!path.startsWith(PREFIX)) {
      strays.push(path)
      return void response.writeHead(path === '/fleet' ? 301 : 404, { location: PREFIX }).end()
    }
    const { method, headers } = request
    const onward = forward(to + path.slice(PREFIX.length - 1), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strays,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** API, page and client behind a proxy under a sub path. */
export function subPathScenes(stage: () => Stage): void {
  let proxy: Awaited<ReturnType<typeof startProxy>>
  beforeAll(async () => {
    proxy = await startProxy(stage().fleet.url)
  })
  afterAll(() => proxy?.close())
  const root = (): string => `${proxy.origin}${PREFIX}`

  test('the page signs in, shows the numbers and follows a change', async () => {
    const { fleet, addresses } = stage()
    await fleet.admin.instance.create.mutate({ name: 'sub-path' })
    const page = await stage().visit()
    const before = addresses.length
    await page.goto(`${proxy.origin}/fleet`)
    await page.getByLabel('API key').fill(ADMIN_KEY)
    await page.getByRole('button', { name: 'Sign in' }).click()
    const row = rowOf(page, 'sub-path')
    await row.getByText('Scan its QR code with the phone.').waitFor()
    fleet.simulator.control.scan('sub-path')
    await row.getByText('Connected').waitFor()
    await page.reload()
    await row.getByText('Connected').waitFor()
    const asked = addresses.slice(before).filter((address) => address.startsWith(proxy.origin))
    expect(asked.filter((address) => !address.startsWith(root()))).toEqual([`${proxy.origin}/fleet`])
    expect(asked.some((address) => address.includes('/trpc/instance.onChange'))).toBe(true)
    expect(await page.getByRole('link', { name: 'API reference' }).getAttribute('href')).toBe('./docs')
    await fleet.admin.instance.delete.mutate({ name: 'sub-path' })
  })

  test('the page of the description loads and calls a route', async () => {
    const { addresses } = stage()
    const page = await stage().visit()
    const before = addresses.length
    await tryStats(page, `${root()}docs`)
    const asked = addresses.slice(before).filter((address) => address.startsWith(proxy.origin))
    expect(asked.filter((address) => !address.startsWith(root()))).toEqual([])
    expect(asked).toContain(`${root()}v1/stats`)
  })

  test('the client calls and streams under the path of its url', async () => {
    const client = createFleetClient({ url: root(), apiKey: ADMIN_KEY })
    expect(await client.key.whoAmI.query({})).toMatchObject({ role: 'admin' })
    await new Promise<void>((resolve, reject) => {
      const stream = client.instance.onChange.subscribe(
        {},
        {
          onStarted: () => {
            stream.unsubscribe()
            resolve()
          },
          onError: reject,
        },
      )
    })
  })

  test('nothing was requested outside of the sub path', () => {
    expect(proxy.strays).toEqual(['/fleet'])
  })
}
