import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder } from '@zapfleet/testing'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const workspace = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as { packages: string[] }
const folders = workspace.packages
  .flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => `${pattern.slice(0, -2)}/${name}`)
      : [pattern],
  )
  .filter((folder) => existsSync(join(root, folder, 'package.json')))

type Manifest = {
  name: string
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
const folderOf = new Map(folders.map((folder) => [manifestOf(folder).name, folder]))
const inWorkspace = (dependencies: Record<string, string> = {}) =>
  Object.keys(dependencies).flatMap((name) => folderOf.get(name) ?? [])
const compiled = folders.filter(
  (folder) => manifestOf(folder).scripts?.build && referencesOf(folder) !== null,
)

/** The folders that tsconfig.json references; null for a package without project references (the page, built by vite). */
function referencesOf(folder: string): string[] | null {
  const file = join(root, folder, 'tsconfig.json')
  if (!existsSync(file)) return null
  const { references } = JSON.parse(readFileSync(file, 'utf8')) as { references?: { path: string }[] }
  return references?.map(({ path }) => relative(root, resolve(root, folder, path))) ?? null
}

describe('project references and dependencies', () => {
  test('the compiled packages are found', () => {
    expect(compiled).toEqual(expect.arrayContaining(['packages/core', 'tools/launcher', 'packages/client']))
  })

  test.each(compiled)('%s: each reference is a workspace dependency', (folder) => {
    const { dependencies, devDependencies } = manifestOf(folder)
    const declared = [...inWorkspace(dependencies), ...inWorkspace(devDependencies)]
    expect((referencesOf(folder) ?? []).filter((one) => !declared.includes(one))).toEqual([])
  })

  test.each(compiled)('%s: each compiled workspace dependency is a reference', (folder) => {
    const wanted = inWorkspace(manifestOf(folder).dependencies).filter((one) => compiled.includes(one))
    expect(wanted.filter((one) => !(referencesOf(folder) ?? []).includes(one))).toEqual([])
  })

  test('no build compiles the packages that it references', () => {
    expect(
      folders.filter((folder) => /tsc (-b|--build)/.test(manifestOf(folder).scripts?.build ?? '')),
    ).toEqual([])
  })
})

describe('a build in which the dependencies of each package are built last', () => {
  test('writes no output but its own, and a later build in order is complete', { timeout: 600_000 }, () => {
    const clone = copyOfSources()
    const levels = inOrder()
    for (const folder of [...levels].reverse()) {
      build(clone, folder)
      for (const other of levels) {
        if (other !== folder && !levels.slice(levels.indexOf(folder)).includes(other))
          expect(existsSync(join(clone, other, 'dist')), `${folder} must not build ${other}`).toBe(false)
      }
    }
    for (const folder of levels) {
      expect(build(clone, folder), folder).toMatchObject({ status: 0 })
      expect(missing(clone, folder), folder).toEqual([])
    }
  })

  test('core without its generated client fails and leaves no dist; with the client it builds', {
    timeout: 120_000,
  }, () => {
    const clone = copyOfSources()
    const generated = join(clone, 'packages/core/src/db/generated')
    const kept = join(clone, 'generated')
    cpSync(generated, kept, { recursive: true })
    rmSync(generated, { recursive: true })
    const { status, stderr } = build(clone, 'packages/core')
    expect(status).not.toBe(0)
    expect(stderr).toContain('dist/db/generated/client.js')
    expect(existsSync(join(clone, 'packages/core/dist'))).toBe(false)
    cpSync(kept, generated, { recursive: true })
    expect(build(clone, 'packages/core')).toMatchObject({ status: 0 })
    expect(missing(clone, 'packages/core')).toEqual([])
  })

  test('a build from which one file was removed counts as incomplete, and builds again', {
    timeout: 120_000,
  }, () => {
    const clone = copyOfSources()
    build(clone, 'tools/launcher')
    rmSync(join(clone, 'tools/launcher/dist/main.js'))
    expect(missing(clone, 'tools/launcher')).toEqual(['dist/main.js'])
    expect(build(clone, 'tools/launcher')).toMatchObject({ status: 0 })
    expect(missing(clone, 'tools/launcher')).toEqual([])
  })
})

describe('a build beside a running fleet', () => {
  test('every file of the build before is there until the next build takes its place', async () => {
    const clone = copyOfSources()
    const folder = join(clone, 'packages/evolution')
    expect(build(clone, 'packages/evolution')).toMatchObject({ status: 0 })
    const files = readdirSync(join(folder, 'dist')).map((name) => join(folder, 'dist', name))
    expect(files.length).toBeGreaterThan(5)
    const made = statSync(join(folder, 'dist/index.js')).ino
    writeFileSync(join(folder, 'dist/of-an-older-build.js'), '')

    const running = spawn(process.execPath, [join(clone, 'tools/scripts/compile.mjs'), '--noCheck'], {
      cwd: folder,
    })
    const ended = once(running, 'exit')
    const missed = new Set<string>()
    while (running.exitCode === null) {
      for (const file of files) if (!existsSync(file)) missed.add(file)
      await new Promise(setImmediate)
    }
    expect((await ended)[0]).toBe(0)
    expect([...missed]).toEqual([])
    expect(statSync(join(folder, 'dist/index.js')).ino).not.toBe(made)
    expect(existsSync(join(folder, 'dist/of-an-older-build.js'))).toBe(false)
    expect(missing(clone, 'packages/evolution')).toEqual([])
    expect(readdirSync(folder)).not.toContain('.dist-next')
  })

  test('a build that fails leaves the one before as it is', () => {
    const clone = copyOfSources()
    const folder = join(clone, 'tools/holder')
    expect(build(clone, 'tools/holder')).toMatchObject({ status: 0 })
    writeFileSync(join(folder, 'src/broken.ts'), "export * from './nothing-here.ts'\n")
    const { status, stderr } = build(clone, 'tools/holder')
    expect(status).toBe(1)
    expect(stderr).toContain('dist/nothing-here.js')
    expect(existsSync(join(folder, 'dist/index.js'))).toBe(true)
    expect(existsSync(join(folder, 'dist/broken.js'))).toBe(false)
  })
})

/** The packages that tools/scripts/compile.mjs builds, each after its references. */
function inOrder(): string[] {
  const left = compiled.filter((folder) => manifestOf(folder).scripts?.build?.includes('compile.mjs'))
  const order: string[] = []
  const add = (folder: string): void => {
    for (const one of referencesOf(folder) ?? []) add(one)
    if (!order.includes(folder)) order.push(folder)
  }
  for (const folder of left) add(folder)
  return order.filter((folder) => left.includes(folder))
}

/** A clone with the sources of all compiled packages, their installed packages, and no build. */
function copyOfSources(): string {
  const clone = newFolder()
  for (const name of ['package.json', 'tsconfig.base.json', 'tools/scripts', 'prisma'])
    cpSync(join(root, name), join(clone, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  for (const folder of compiled) {
    mkdirSync(join(clone, folder), { recursive: true })
    for (const name of ['src', 'package.json', 'tsconfig.json'])
      cpSync(join(root, folder, name), join(clone, folder, name), { recursive: true })
    symlinkSync(join(root, folder, 'node_modules'), join(clone, folder, 'node_modules'))
  }
  return clone
}

function build(clone: string, folder: string) {
  const cwd = join(clone, folder)
  return spawnSync(process.execPath, [join(clone, 'tools/scripts/compile.mjs'), '--noCheck'], {
    cwd,
    encoding: 'utf8',
  })
}

function missing(clone: string, folder: string): string[] {
  const script = `import { missingFiles } from './tools/scripts/missing-files.mjs'; console.log(JSON.stringify(missingFiles(${JSON.stringify(join(clone, folder))})))`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: clone,
    encoding: 'utf8',
  })
  return JSON.parse(run.stdout)
}
