import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './clone.ts'

const HOOK_AT_IMPORT = /^(?:before|after)(?:Each|All)\(/m

it('a module that test files share registers no hook at its import, which happens once for all files of a worker', () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const shared = listed
    .trim()
    .split('\n')
    .filter((path) => /(?:^|\/)(?:test|testing)\//.test(path))
  expect(shared.length).toBeGreaterThan(200)
  const atImport = shared
    .filter((path) => !path.endsWith('.test.ts'))
    .filter((path) => HOOK_AT_IMPORT.test(readFileSync(join(root, path), 'utf8')))
  expect(atImport).toEqual([])
})
