import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { PAGE_CSP } from './csp.ts'

/** Sends the page as the answer to a request. */
type SendPage = (reply: FastifyReply) => FastifyReply

/**
 * Serves the files of the built page below `/assets`: their names hold a hash of their content, so they may be kept for
 * ever, while the page that names them is asked for each time. Returns what answers `/` to a browser.
 *
 * @param folder where the build lies; null, or a folder without `index.html`: there is no page, and the answer is null
 */
export function servePage(server: FastifyInstance, folder: string | null): SendPage | null {
  if (folder === null || !existsSync(join(folder, 'index.html'))) return null
  server.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    immutable: true,
    maxAge: '1y',
    preCompressed: true,
    setHeaders: (reply) => void reply.header('content-security-policy', PAGE_CSP),
  })
  return (reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', folder, { cacheControl: false })
}

/** Whether a caller would rather have a page than JSON: browsers name HTML, programs do not. */
export function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && /\btext\/html\b/i.test(accept)
}
