import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { root } from '../clone.ts'
import { type Block, readBlocks } from './blocks.ts'

/** A document: its path from the root, its text, its blocks, and the text without the blocks. */
export type Document = { path: string; text: string; blocks: Block[]; prose: string }

/** Reads every Markdown document of the clone. */
export function readDocuments(): Document[] {
  return markdownBelow('.').map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, blocks: readBlocks(text), prose: withoutBlocks(text) }
  })
}

/** The text without its fenced blocks. */
export function withoutBlocks(text: string): string {
  return text.replace(/^([ \t]*)(`{3,})[^`\n]*\n[\s\S]*?^\1\2[ \t]*$/gm, '')
}

/** The code spans of the prose. */
export function codeIn(document: Document): string[] {
  return [...document.prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** The lines of the shell blocks; lines that end with a backslash are joined with the next. */
export function shellLines(document: Document): string[] {
  return document.blocks
    .filter(({ language }) => language === 'sh' || language === 'bash')
    .flatMap(({ text }) => text.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

const LEFT_OUT = new Set(['node_modules', 'dist', 'generated', '.git', '.turbo', '.zapfleet', 'results'])

function markdownBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : markdownBelow(path)
      return entry.name.endsWith('.md') ? [relative('.', path).replaceAll(sep, '/')] : []
    })
    .sort()
}

/** Whether a path from the root exists; for a built file, whether its source exists. */
export function exists(path: string): boolean {
  if (existsSync(join(root, path))) return true
  const source = path.replace(/(^|\/)dist\//, '$1src/').replace(/\.js$/, '.ts')
  return source !== path && existsSync(join(root, source))
}
