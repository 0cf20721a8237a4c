import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { openWebhookSender } from '@zapfleet/core'
import { freePort, newFolder } from '@zapfleet/testing'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { readDocuments } from './documents/documents.ts'

const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'uma senha escolhida pelo bot çã']
const PAGES = ['docs/en/webhooks-out.md', 'docs/pt-BR/webhooks-de-saida.md']
const sender = openWebhookSender()
afterAll(() => sender.close())

/** Starts the receiver that a page shows. */
async function startShown(
  page: string,
  language: 'python' | 'ts',
  secret: string,
): Promise<{ url: string; printed(): string }> {
  const block = readDocuments()
    .find(({ path }) => path === page)
    ?.blocks.find((one) => one.language === language)
  if (block === undefined) throw new Error(`${page} has no block of ${language}`)
  const { target, module } = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  const program =
    language === 'python'
      ? block.text
      : ts.transpileModule(block.text, { compilerOptions: { target, module } }).outputText
  const file = join(newFolder(), language === 'python' ? 'receiver.py' : 'receiver.mjs')
  writeFileSync(file, program)
  const port = await freePort()
  const env = { PATH: process.env.PATH, WEBHOOK_SECRET: secret, PORT: String(port), PYTHONUTF8: '1' }
  const child: ChildProcess = spawn(language === 'python' ? 'python3' : process.execPath, [file], { env })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part) => {
      printed += part
    })
  onTestFinished(() => void child.kill())
  return { url: `http://127.0.0.1:${port}/`, printed: () => printed }
}

const body = JSON.stringify({
  type: 'reservation.outcome',
  timestamp: '2026-11-30T00:00:00Z',
  data: { id: 'ação' },
})

for (const page of PAGES)
  for (const language of ['python', 'ts'] as const)
    it.each(SECRETS)(
      `the receiver in ${language} of ${page} takes what is signed with its secret, once, and refuses the rest: %s`,
      async (secret) => {
        const { url, printed } = await startShown(page, language, secret)
        const post = (signedWith: string, id: string) => sender.post(url, signedWith, { id, body })
        await vi.waitFor(
          async () =>
            expect([printed(), await post(secret, 'a')]).toEqual([
              expect.anything(),
              { status: 204, retryAfterS: null },
            ]),
          { timeout: 60_000, interval: 100 },
        )
        for (let turn = 0; turn < 2; turn++) expect(await post(secret, 'b')).toMatchObject({ status: 204 })
        expect(await post('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'c')).toMatchObject({ status: 401 })
        const stale = { 'webhook-id': 'd', 'webhook-timestamp': '1614265330', 'webhook-signature': '' }
        for (const headers of [{}, { ...stale, 'webhook-signature': 'v1,AAAA' }])
          expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(401)
        await vi.waitFor(() => expect(printed().split('\n')).toHaveLength(3), { timeout: 60_000 })
        expect(printed()).toMatch(/^(reservation\.outcome \{"id": ?".+"\}\n){2}$/)
      },
    )
