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
import { basename, dirname, join, relative, resolve } from 'node:path'
import { newFolder } from '@zapfleet/testing'
import { describe, expect, test } from 'vitest'
import { packageFolders, root } from './clone.ts'

const folders = packageFolders()
const { missingFiles } = (await import(
  new URL('../tools/scripts/dist-folder.mjs', import.meta.url).href
)) as {
  missingFiles(folder: string): string[]
}

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

/** A folder and all that it references, directly or not. */
function withReferences(folder: string): string[] {
  return [...new Set([folder, ...(referencesOf(folder) ?? []).flatMap(withReferences)])]
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
  test('writes no output but its own, and a later build in order is complete', () => {
    const levels = inOrder()
    const clone = copyOfStubs(levels)
    for (const folder of [...levels].reverse()) {
      build(clone, folder)
      for (const other of levels) {
        if (other !== folder && !levels.slice(levels.indexOf(folder)).includes(other))
          expect(existsSync(join(clone, other, 'dist')), `${folder} must not build ${other}`).toBe(false)
      }
    }
    for (const folder of levels) {
      expect(build(clone, folder), folder).toMatchObject({ status: 0 })
      if (isBuiltByCompile(folder)) expect(missing(clone, folder), folder).toEqual([])
    }
  })

  test('core without its generated client fails and leaves no dist; with the client it builds', () => {
    const clone = copyOfSources(withReferences('packages/core'))
    const generated = join(clone, 'packages/core/src/ground/generated')
    const kept = join(clone, 'generated')
    cpSync(generated, kept, { recursive: true })
    rmSync(generated, { recursive: true })
    const { status, stderr } = build(clone, 'packages/core')
    expect(status).not.toBe(0)
    expect(stderr).toContain('dist/ground/generated/client.js')
    expect(existsSync(join(clone, 'packages/core/dist'))).toBe(false)
    cpSync(kept, generated, { recursive: true })
    expect(build(clone, 'packages/core')).toMatchObject({ status: 0 })
    expect(missing(clone, 'packages/core')).toEqual([])
  })

  test('a build from which one file was removed counts as incomplete, and builds again', () => {
    const clone = copyOfSources(withReferences('tools/launcher'))
    build(clone, 'tools/launcher')
    rmSync(join(clone, 'tools/launcher/dist/main.js'))
    expect(missing(clone, 'tools/launcher')).toEqual(['dist/main.js'])
    expect(build(clone, 'tools/launcher')).toMatchObject({ status: 0 })
    expect(missing(clone, 'tools/launcher')).toEqual([])
  })
})

describe('a build beside a running fleet', () => {
  test('every file of the build before is there until the next build takes its place', async () => {
    const clone = copyOfSources(withReferences('packages/evolution'))
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
    expect(readdirSync(folder).filter((name) => name.includes('-next'))).toEqual([])
  })

  test('two builds of one package at once both complete, and the folder of a killed one is removed', async () => {
    const clone = copyOfSources(['tools/holder'])
    const folder = join(clone, 'tools/holder')
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    mkdirSync(join(folder, `.dist-next-${pid}`))
    const builds = [1, 2].map(() =>
      spawn(process.execPath, [join(clone, 'tools/scripts/compile.mjs'), '--noCheck'], { cwd: folder }),
    )
    expect(await Promise.all(builds.map(async (one) => (await once(one, 'exit'))[0]))).toEqual([0, 0])
    expect(missing(clone, 'tools/holder')).toEqual([])
    expect(readdirSync(folder).filter((name) => name.includes('-next'))).toEqual([])
  })

  test('a build that fails leaves the one before as it is', () => {
    const clone = copyOfSources(['tools/holder'])
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

/** The packages that compile.mjs compiles, each after its references: as its whole build, or, for the client, as the first step. */
function inOrder(): string[] {
  const order: string[] = []
  const add = (folder: string): void => {
    for (const one of referencesOf(folder) ?? []) add(one)
    if (!order.includes(folder)) order.push(folder)
  }
  for (const folder of compiled) add(folder)
  return order
}

function isBuiltByCompile(folder: string): boolean {
  return manifestOf(folder).scripts?.build?.includes('compile.mjs') ?? false
}

/** A clone with the sources of some packages, their installed packages, and no build. */
function copyOfSources(folders: readonly string[]): string {
  const clone = newClone(folders)
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  // A package without dependencies has no node_modules.
  for (const folder of folders)
    for (const name of ['src', 'node_modules'].filter((one) => existsSync(join(root, folder, one))))
      cpSync(join(root, folder, name), join(clone, folder, name), {
        recursive: true,
        // The links between packages lead into the copy.
        verbatimSymlinks: true,
        filter: (path) => basename(path) !== '.vite',
      })
  return clone
}

/**
 * A clone in which each source is a module that imports the packages that tsconfig.json references, and nothing else. What is
 * built, where and from what depends on the real package.json and tsconfig.json; a compilation takes a fifth of the time.
 */
function copyOfStubs(folders: readonly string[]): string {
  const clone = newClone(folders)
  mkdirSync(join(clone, 'node_modules/@types/node'), { recursive: true })
  writeFileSync(join(clone, 'node_modules/@types/node/index.d.ts'), '')
  symlinkSync(join(root, 'node_modules/typescript'), join(clone, 'node_modules/typescript'))
  for (const folder of folders) {
    const links = join(folder, 'node_modules/@zapfleet')
    if (existsSync(join(root, links)))
      cpSync(join(root, links), join(clone, links), { recursive: true, verbatimSymlinks: true })
    const imports = (referencesOf(folder) ?? []).map((one) => `import '${manifestOf(one).name}'\n`)
    for (const name of readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue
      const stub = join(clone, folder, 'src', name)
      mkdirSync(dirname(stub), { recursive: true })
      writeFileSync(stub, `${imports.join('')}export {}\n`)
    }
  }
  return clone
}

function newClone(folders: readonly string[]): string {
  const clone = newFolder()
  for (const name of ['package.json', 'tsconfig.base.json', 'tools/scripts'])
    cpSync(join(root, name), join(clone, name), { recursive: true })
  for (const folder of folders)
    for (const name of ['package.json', 'tsconfig.json'])
      cpSync(join(root, folder, name), join(clone, folder, name))
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
  return missingFiles(join(clone, folder))
}
