import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
// Its types name what is provided here.
import type {} from '@zapfleet/testing'
import { build, type Loader, type Plugin } from 'esbuild'
import type { TestProject } from 'vitest/node'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * vitest's globalSetup: bundles the programs that tests start as processes, each at its first use and once a run. Test files
 * send the path of a program with POST and receive the path of its bundle (`bundleProgram` of @zapfleet/testing).
 *
 * A bundle is one file that holds the program and all its imports, npm packages included: most of the processor time of a short
 * process is spent to find and read modules. It starts in a third of the time that tsx takes and in less than half of that of `dist`.
 * WebAssembly (Prisma's engine) is compiled without optimization, which is a third of the processor time of a start, and
 * JavaScript is optimized later than usual.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-programs-'))
  const bundles = new Map<string, Promise<string>>()
  const engineOf = createEngineFiles(folder)
  const bundleOnce = (program: string): Promise<string> => {
    const known = bundles.get(program)
    if (known) return known
    const outfile = join(folder, `${bundles.size}-${basename(program, extname(program))}.mjs`)
    const made = bundle(program, outfile, engineOf)
    bundles.set(program, made)
    return made
  }
  const path = `/${randomBytes(16).toString('hex')}`
  const server = createServer(async (request, response) => {
    try {
      if (request.url !== path) throw new Error('this address is not of this run')
      response.end(await bundleOnce(await text(request)))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('programs', process.env.ZAPFLEET_TEST_PROGRAMS === 'built' ? 'built' : 'sources')
  project.provide('bundlerUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  return async () => {
    server.closeAllConnections()
    server.close()
    await Promise.allSettled(bundles.values())
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A program in TypeScript is bundled from the sources of all packages, a compiled one from their `dist`. */
async function bundle(program: string, outfile: string, engineOf: EngineFile): Promise<string> {
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: extname(program) === '.ts' ? ['@zapfleet/source'] : [],
    // CommonJS packages load Node's own modules with it.
    // A module is compiled faster without the blanks; names and statements are kept for stack traces.
    minifyWhitespace: true,
    banner: {
      js: `import { createRequire as createBundleRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
setFlagsFromString('--liftoff-only')
setFlagsFromString('--interrupt-budget=600000')
const require = createBundleRequire(${JSON.stringify(program)})`,
    },
    plugins: [keepAddresses, readWasm(engineOf)],
    logLevel: 'silent',
  })
  return outfile
}

/** Returns the file with the WebAssembly of a module that holds it as text. */
type EngineFile = (path: string) => Promise<string>

/** Writes each file once: a program of an earlier bundle may read it while another one is bundled. */
function createEngineFiles(folder: string): EngineFile {
  const files = new Map<string, Promise<string>>()
  const write = async (path: string): Promise<string> => {
    const { wasm } = (await import(pathToFileURL(path).href)) as { wasm: string }
    const file = join(folder, `${files.size}-${basename(path)}.wasm`)
    await writeFile(file, Buffer.from(wasm, 'base64'))
    return file
  }
  return (path) => {
    const file = files.get(path) ?? write(path)
    files.set(path, file)
    return file
  }
}

/** Prisma's engine is text of five megabytes in a module. It is read from a file instead, by the programs that use it. */
const readWasm = (engineOf: EngineFile): Plugin => ({
  name: 'read-wasm',
  setup(bundler) {
    bundler.onLoad({ filter: /\.wasm-base64\.m?js$/ }, async ({ path }) => {
      const file = await engineOf(path)
      const contents = `import { readFileSync } from 'node:fs'
export const wasm = readFileSync(${JSON.stringify(file)}, 'base64')`
      return { contents, loader: 'js' }
    })
  },
})

/** Our modules find files (migrations, the dashboard, package.json) by their own address, which is not that of the bundle. */
const keepAddresses: Plugin = {
  name: 'keep-addresses',
  setup(bundler) {
    const root = ROOT.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const filter = new RegExp(`^${root}(apps|examples|packages|tools)/.*\\.(ts|js|mjs)$`)
    bundler.onLoad({ filter }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: extname(path).slice(1).replace('mjs', 'js') as Loader,
    }))
  },
}
