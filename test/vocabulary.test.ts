import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'
import { root } from './clone.ts'
import { readDocuments } from './documents/documents.ts'

/** Words that no text of the project contains, and the terms to write instead. Patterns, between word boundaries. */
const RETIRED: Readonly<Record<string, string>> = {
  'whoever|who(?:so)?soever': 'the caller that, each process that',
  'nobody|anybody|anyone': 'no caller, no process, no person; any caller',
  'somebody|someone': 'a person, another program',
  'everybody|everyone': 'all callers, all users',
  'asks|asked|asking': 'calls, requests, queries, reads; a program prompts a person',
  'says?|said': 'answers, prints, reports, names, contains',
  'knows|knew': 'has, stores, can tell by',
  'hears?|heard': 'receives, reads',
  'speaks?': 'uses, sends, answers',
  'tells?|told': 'reports, returns, shows, names, distinguishes',
  'stands?(?!-)': 'is, is stored, is in',
  'goes on|go on': 'continues',
  'by itself': 'automatically, alone, without help',
  'settl\\w+|unsettled': 'complete: confirm or release',
  'doors?': 'route, package entry',
  'manners?': 'call policy',
  'beliefs?|believes?|believed': 'preference cache; stores, accepts',
  'ears?|bells?': 'listener, notification',
  'strangers?': 'another client, another program, a new contact',
  'neighbours?': 'the other calls, the other instances',
  'dead lines?': 'closed connection',
}

/** Parts of texts that keep a retired word, with the reason. Only the part is exempt, not the text around it. */
const KEPT: Readonly<Record<string, string>> = {
  settled_at: 'a column of released migrations',
  settle_phones: 'an SQL function of released migrations',
  'Programs do not ask, know, say or hear': 'the rule itself, in CONTRIBUTING.md',
  'eva nobody': 'a name that no number has, in a command line of a test',
  'get nobody': 'a name that no number has, in a command line of a test',
  "name: 'nobody'": 'a name that no number has, in a program of a test',
  "('heard', 'a'": 'the id of a contact, asserted in keep-messages.test.ts',
  'nor "nobody"': 'a user of Unix systems',
  'no message reaches anybody': 'asserted in doctor.test.ts',
  'Say so with pgbouncer=true': 'asserted in doctor.test.ts',
  'that no name server knows': 'asserted in doctor.test.ts',
  'does not speak as PostgreSQL does': 'asserted in doctor.test.ts',
  'stands in the path': 'asserted in routes.test.ts',
  'this one stands by': 'a line of the log for which leaders.test.ts waits',
  'hears from': 'asserted in commands.test.ts of the command line',
  'Somebody with an admin key can add one.': 'asserted in a scene of the dashboard',
}

type Text = { place: string; kind: 'comment' | 'title' | 'sentence' | 'paragraph'; text: string }

const texts = [
  ...trackedFiles().flatMap(textsOf),
  ...readDocuments().filter(isPresentEnglish).flatMap(proseOf),
]
/** The texts without the exempt parts, of which few contain a retired word. */
const suspects = texts
  .map((one) => ({ ...one, text: withoutKept(one.text) }))
  .filter(({ text }) => contains(text, Object.keys(RETIRED).join('|')))

describe('the vocabulary', () => {
  it.each(Object.entries(RETIRED))('no text contains %s: write %s', (pattern, _terms) => {
    const found = suspects.filter(({ text }) => contains(text, pattern))
    expect(found.map(({ place, text }) => `${place} ${text}`)).toEqual([])
  })

  it('every exception is in use, and has a retired word', () => {
    const isRetired = (part: string) => Object.keys(RETIRED).some((pattern) => contains(part, pattern))
    const unused = (part: string) => !texts.some(({ text }) => text.includes(part))
    expect(Object.keys(KEPT).filter((part) => unused(part) || !isRetired(part))).toEqual([])
  })

  it('comments, titles, sentences and paragraphs are read', () => {
    const count = (kind: Text['kind']) => texts.filter((one) => one.kind === kind).length
    expect(count('comment')).toBeGreaterThan(3_000)
    expect(count('title')).toBeGreaterThan(1_500)
    expect(count('sentence')).toBeGreaterThan(1_500)
    expect(count('paragraph')).toBeGreaterThan(500)
  })

  it('a retired word is found in each kind of text, and not in code or in a part of a word', () => {
    const source = [
      '// Nobody asks.',
      ['const told = knows(`$', '{says} is $', '{told} and nobody says why`) /* the ear hears */'].join(''),
      '/** `door` is a label. */',
      "it('tells whoever asks', () => {})",
      'it.each([1])(`settles %i`, () => {})',
      "const short = 'nobody'",
      'const page = <p>Somebody with a key can add one.</p>',
      "const unharmed = 'the earlier stand-in has no neighbourhood of bellows'",
    ].join('\n')
    const read = (word: string) =>
      textsIn('page.tsx', source)
        .filter(({ text }) => contains(text, word))
        .map(({ kind }) => kind)
        .toSorted()
    expect(read('nobody')).toEqual(['comment', 'sentence'])
    expect(read('says?')).toEqual(['sentence'])
    expect(read('told|knows')).toEqual([])
    expect(read('ears?|hears?')).toEqual(['comment'])
    expect(read('doors?')).toEqual([])
    expect(read('whoever')).toEqual(['title'])
    expect(read('settl\\w+')).toEqual(['title'])
    expect(read('somebody')).toEqual(['sentence'])
    expect(read('ears?|stands?(?!-)|bells?|neighbours?')).toEqual(['comment'])
    const document = {
      path: 'docs/en/x.md',
      text: '',
      blocks: [],
      prose: 'One `asks`.\n\nWho knows: nobody\nasks.\n',
    }
    expect(proseOf(document).filter(({ text }) => contains(text, 'asks')).length).toBe(1)
  })
})

function withoutKept(text: string): string {
  return Object.keys(KEPT).reduce((rest, part) => rest.replaceAll(part, '…'), text)
}

function contains(text: string, pattern: string): boolean {
  return new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w])`, 'i').test(text)
}

/** The TypeScript and JavaScript files of the repository that people write. */
function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs'], { cwd: root, encoding: 'utf8' })
  return listed
    .split('\n')
    .filter((path) => path !== '' && !path.includes('/generated/') && !path.endsWith('vocabulary.test.ts'))
}

function textsOf(path: string): Text[] {
  return textsIn(path, readFileSync(join(root, path), 'utf8'))
}

/** Comments, titles of tests, and strings of four words or more, without code spans and inserted values. */
function textsIn(path: string, source: string): Text[] {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : undefined
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, kind)
  const found: Text[] = []
  const add = (kind: Text['kind'], at: number, text: string): void => {
    const line = file.getLineAndCharacterOfPosition(at).line + 1
    found.push({ place: `${path}:${line}`, kind, text: plain(text) })
  }
  const comments = new Map<number, number>()
  const titles = new Set<ts.Node>()
  const visit = (node: ts.Node): void => {
    if (!ts.isJsxText(node))
      for (const range of [
        ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
        ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
      ])
        comments.set(range.pos, range.end)
    if (ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText(file))) {
      const [title] = node.arguments
      if (title !== undefined && isString(title)) titles.add(title)
    }
    if (isString(node)) {
      const text = stringOf(node)
      if (titles.has(node)) add('title', node.getStart(file), text)
      else if (text.trim().split(/\s+/).length >= 4) add('sentence', node.getStart(file), text)
    }
    for (const child of node.getChildren(file)) visit(child)
  }
  visit(file)
  for (const [from, to] of comments) add('comment', from, source.slice(from, to))
  return found
}

type StringNode = ts.StringLiteralLike | ts.TemplateExpression | ts.JsxText

function isString(node: ts.Node): node is StringNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isJsxText(node)
}

function stringOf(node: StringNode): string {
  if (!ts.isTemplateExpression(node)) return node.text
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
}

/** One line, without the marks of comments and without code spans. */
function plain(text: string): string {
  return text
    .replaceAll(/^\s*(?:\/\*\*?|\*\/?|\/\/)/gm, ' ')
    .replaceAll(/`[^`]*`/g, '`…`')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** English documents that describe the present: not the dated decisions and not the changes of releases. */
function isPresentEnglish({ path }: { path: string }): boolean {
  return !/pt-BR|^docs\/decisions\/|^CHANGELOG\.md$/.test(path)
}

function proseOf({ path, prose }: { path: string; prose: string }): Text[] {
  return prose
    .split(/\n\s*\n/)
    .map((text) => ({ place: path, kind: 'paragraph' as const, text: plain(text) }))
}
