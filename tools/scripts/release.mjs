// `node tools/scripts/release.mjs FOLDER`: makes a folder with the files of production only: built programs, their production
// packages, the migrations. The folder needs only Node: copy it, make root its owner, run it as an unprivileged user.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { prepare } from './bootstrap.mjs'
import { pnpmCommand, runScript, StageError, stage } from './run-script.mjs'
import { root } from './stamps.mjs'

/** The programs of production. The API serves the dashboard. */
const PROGRAMS = ['apps/api', 'apps/scheduler', 'apps/sender', 'apps/doctor', 'apps/cli']
const PAGES = ['apps/dashboard']
/** The files that pnpm reads for an install. */
const WORKSPACE = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', 'LICENSE']

await runScript(async () => {
  const [named] = process.argv.slice(2)
  if (named === undefined)
    throw new StageError('Name the folder to make: node tools/scripts/release.mjs FOLDER')
  const folder = resolve(process.env.INIT_CWD ?? root, named)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new StageError(`${folder} is not empty. Name a new or an empty folder.`)
  await prepare()
  const members = withTheirPackages(PROGRAMS)
  for (const file of WORKSPACE) copy(file, folder)
  copy(join('prisma', 'migrations'), folder)
  // pnpm compares the lockfile with every package of the workspace, also with those that it does not install.
  for (const member of allMembers()) copy(join(member, 'package.json'), folder)
  const filters = members.map((member) => `--filter=${manifestOf(member).name}`)
  await stage('installing the production packages', [
    ...pnpmCommand('--dir', folder, ...filters, 'install', '--prod', '--frozen-lockfile'),
    '--prefer-offline',
    '--config.package-import-method=copy',
  ])
  leaveOutOtherDatabases(folder)
  for (const member of [...members, ...PAGES]) copyBuild(member, folder)
  cpSync(join(root, 'tools', 'scripts', 'healthcheck.mjs'), join(folder, 'scripts', 'healthcheck.mjs'))
  writeFileSync(join(folder, 'RELEASE'), `${manifestOf('.').version}\n`)
  console.log(`  ${folder} is ready`)
})

function withTheirPackages(members, found = new Set()) {
  for (const member of members) {
    if (found.has(member)) continue
    found.add(member)
    const own = Object.keys(manifestOf(member).dependencies ?? {}).filter((name) =>
      name.startsWith('@zapfleet/'),
    )
    withTheirPackages(own.map(folderOf), found)
  }
  return [...found].sort()
}

function folderOf(name) {
  const folder = allMembers().find((member) => manifestOf(member).name === name)
  if (folder === undefined) throw new StageError(`No folder of the workspace holds the package ${name}.`)
  return folder
}

/** The folders of the workspace's packages, by the patterns of pnpm-workspace.yaml. */
function allMembers() {
  const [listed = ''] = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').split(/\n\n/)
  const patterns = [...listed.matchAll(/^ {2}- (\S+)$/gm)].map(([, pattern = '']) => pattern)
  const folders = patterns.flatMap((pattern) => {
    const group = pattern.replace(/\/\*$/, '')
    return group === pattern ? [pattern] : readdirSync(join(root, group)).map((name) => join(group, name))
  })
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json')))
}

/** Prisma's client has query compilers for every kind of database, 60 MB. Production loads one: PostgreSQL's, the small build. */
function leaveOutOtherDatabases(folder) {
  const store = join(folder, 'node_modules', '.pnpm')
  for (const name of readdirSync(store).filter((entry) => entry.startsWith('@prisma+client@'))) {
    const runtime = join(store, name, 'node_modules', '@prisma', 'client', 'runtime')
    for (const file of readdirSync(runtime))
      if (/^query_compiler_/.test(file) && !/^query_compiler_small_bg\.postgresql\./.test(file))
        rmSync(join(runtime, file))
  }
}

/** Copies the build without the files that only compilers read. */
function copyBuild(member, folder) {
  const dist = join(root, member, 'dist')
  if (!existsSync(dist)) throw new StageError(`${member} was not built.`)
  const keep = (file) => !/\.(d\.ts|d\.ts\.map|tsbuildinfo)$/.test(file)
  cpSync(dist, join(folder, member, 'dist'), { recursive: true, filter: keep })
}

function copy(path, folder) {
  const target = join(folder, relative('.', path))
  mkdirSync(join(target, '..'), { recursive: true })
  cpSync(join(root, path), target, { recursive: true })
}

function manifestOf(member) {
  return JSON.parse(readFileSync(join(root, member, 'package.json'), 'utf8'))
}
