import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../clone.ts'
import { codeIn, type Document, readDocuments, withoutBlocks } from './documents.ts'

const documents = readDocuments()
const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]))

describe('the links of the documents', () => {
  test.each(documents.map(({ path }) => path))('%s links files and headings that exist', (path) => {
    const { prose = '' } = documents.find((one) => one.path === path) ?? {}
    expect(linksIn(prose).filter((link) => !isValidLink(path, link))).toEqual([])
  })

  test('every guide is linked from the README, directly or through other pages', () => {
    const reached = new Set<string>()
    const follow = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      const { prose = '' } = documents.find((one) => one.path === path) ?? {}
      for (const link of linksIn(prose)) {
        const [file = ''] = link.split('#')
        const target = normalize(join(dirname(path), file))
        if (file.endsWith('.md') && anchors.has(target)) follow(target)
      }
    }
    follow('README.md')
    const guides = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/'))
    expect(guides.filter((path) => !reached.has(path))).toEqual([])
  })

  test('ARCHITECTURE.md names source files that exist, in at most 12,000 bytes; README.md has at most 1,000 words', () => {
    const [architecture, readme] = ['ARCHITECTURE.md', 'README.md'].map((path) =>
      documents.find((one) => one.path === path),
    ) as [Document, Document]
    const named = codeIn(architecture).filter((code) => /^[\w./-]+\.ts$/.test(code))
    const sources = ['apps', 'packages', 'tools', 'test'].flatMap(sourcesBelow)
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter((name) => !sources.some((path) => path.endsWith(`/${name}`)))).toEqual([])
    expect(Buffer.byteLength(architecture.text)).toBeLessThanOrEqual(12_000)
    expect(readme.text.split(/\s+/).filter((word) => word !== '').length).toBeLessThanOrEqual(1_000)
  })

  test('the check itself finds a broken link', () => {
    expect(isValidLink('README.md', 'docs/no-such-page.md')).toBe(false)
    expect(isValidLink('README.md', '#no-such-heading')).toBe(false)
    expect(isValidLink('docs/adopting.md', '#going-back')).toBe(true)
    expect(anchorsOf('# A `b.c`, d?\n## Same\n## Same\n')).toEqual(new Set(['a-bc-d', 'same', 'same-1']))
  })
})

/** Paths of the TypeScript files below a folder, each with a slash in front. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory())
      return /^(node_modules|dist|generated|\..*)$/.test(entry.name) ? [] : sourcesBelow(path)
    return entry.name.endsWith('.ts') ? [`/${path}`] : []
  })
}

function isValidLink(from: string, link: string): boolean {
  if (/^(https?:|mailto:)/.test(link)) return URL.canParse(link)
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)))
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || anchors.get(target)?.has(anchor) === true
}

/** Targets of links and images outside of code. */
function linksIn(prose: string): string[] {
  const text = prose.replaceAll(/`[^`\n]*`/g, '`')
  return [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, target = '']) => target)
}

/** The anchors of headings, as GitHub makes them. */
function anchorsOf(markdown: string): Set<string> {
  const found = new Set<string>()
  for (const [, heading = ''] of withoutBlocks(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '').replaceAll(/\s/g, '-')
    let name = slug
    for (let again = 1; found.has(name); again++) name = `${slug}-${again}`
    found.add(name)
  }
  return found
}
