import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Document, readDocuments, shellLines } from './documents.ts'

const documents = readDocuments()

/** English pages and their Portuguese twins: the text differs; sections and commands are equal. */
const TWINS = [
  ['README.md', 'README.pt-BR.md'],
  ['docs/adopting.md', 'docs/pt-BR/adotar.md'],
  ['docs/en/adding-an-instance.md', 'docs/pt-BR/adicionar-uma-instancia.md'],
  ['docs/en/alerts.md', 'docs/pt-BR/alertas.md'],
  ['docs/en/calling-from-anything.md', 'docs/pt-BR/chamar-de-qualquer-lugar.md'],
  ['docs/en/contact-lists.md', 'docs/pt-BR/listas-de-contatos.md'],
  ['docs/en/deploying.md', 'docs/pt-BR/implantar.md'],
  ['docs/en/evidence.md', 'docs/pt-BR/evidencias.md'],
  ['docs/en/faults.md', 'docs/pt-BR/falhas.md'],
  ['docs/en/how-it-works.md', 'docs/pt-BR/como-funciona.md'],
  ['docs/en/incidents.md', 'docs/pt-BR/incidentes.md'],
  ['docs/en/moving-to-another-server.md', 'docs/pt-BR/mudar-de-servidor.md'],
  ['docs/en/new-numbers.md', 'docs/pt-BR/numeros-novos.md'],
  ['docs/en/operating.md', 'docs/pt-BR/operar.md'],
  ['docs/en/personal-data.md', 'docs/pt-BR/dados-pessoais.md'],
  ['docs/en/replacing-a-banned-number.md', 'docs/pt-BR/substituir-um-numero-banido.md'],
  ['docs/en/reserving.md', 'docs/pt-BR/reservar.md'],
  ['docs/en/scaling.md', 'docs/pt-BR/escalar.md'],
  ['docs/en/sending.md', 'docs/pt-BR/enviar.md'],
  ['docs/en/webhooks-out.md', 'docs/pt-BR/webhooks-de-saida.md'],
] as const
const englishPages: readonly string[] = TWINS.map(([english]) => english)

describe('the Portuguese twins', () => {
  test('each page of docs/en has one, and docs/pt-BR has no other page', () => {
    const pages = documents.map(({ path }) => path)
    const below = (folder: string) => (path: string) => path.startsWith(folder)
    expect(englishPages.filter(below('docs/en/')).toSorted()).toEqual(
      pages.filter(below('docs/en/')).toSorted(),
    )
    const portuguesePages = TWINS.map(([, portuguese]) => portuguese).filter(below('docs/pt-BR/'))
    expect(portuguesePages.toSorted()).toEqual(pages.filter(below('docs/pt-BR/')).toSorted())
  })

  test.each(TWINS)('%s and %s have the same headings, blocks and table rows', (english, portuguese) => {
    expect(outlineOf(documentAt(portuguese))).toEqual(outlineOf(documentAt(english)))
  })

  test.each(TWINS)('%s and %s have the same commands', (english, portuguese) => {
    const typed = (path: string): string[] =>
      shellLines(documentAt(path)).map((line) => line.split(' ').slice(0, 2).join(' '))
    expect(typed(portuguese)).toEqual(typed(english))
  })

  test.each(TWINS)('%s and %s link each other', (english, portuguese) => {
    expect(linkedPages(documentAt(english))).toContain(portuguese)
    expect(linkedPages(documentAt(portuguese))).toContain(english)
  })

  test.each(TWINS)(
    'of the pages that exist in both languages, %s links no English one in %s',
    (own, page) => {
      const other = linkedPages(documentAt(page)).filter(
        (link) => englishPages.includes(link) && link !== own,
      )
      expect(other).toEqual([])
    },
  )

  test('the README of both languages has the same blocks, apart from comments', () => {
    const [english, portuguese] = ['README.md', 'README.pt-BR.md'].map((path) => {
      const document = documentAt(path)
      const typed = shellLines(document).map((line) => line.replace(/\s+# .*$/, ''))
      const code = document.blocks.filter(({ language }) => language === 'ts' || language === 'json')
      return { typed, code: code.map(({ text }) => text), text: document.text }
    }) as [Twin, Twin]
    expect(portuguese.typed).toEqual(english.typed)
    expect(portuguese.code).toEqual(english.code)
    // Both pages state that the image was run and the compose file was not.
    for (const { text } of [english, portuguese]) expect(text).toMatch(/2026-11-29/)
  })

  test('a removed section, row, block or link is found', () => {
    const page = {
      path: 'docs/en/x.md',
      prose: '# A\n\n## B\n\n| a |\n|---|\n| b |\n\n[c](../pt-BR/c.md#d)\n',
    }
    const document = { ...page, blocks: [{ language: 'sh' }] } as unknown as Document
    expect(outlineOf(document)).toEqual({ headings: ['#', '##'], rows: [3], blocks: ['sh'] })
    expect(linkedPages(document)).toEqual(['docs/pt-BR/c.md'])
  })
})

type Twin = { typed: string[]; code: string[]; text: string }

function documentAt(path: string): Document {
  const document = documents.find((one) => one.path === path)
  if (document === undefined) throw new Error(`${path} does not exist`)
  return document
}

/** The levels of the headings, the number of rows of each table, and the languages of the blocks, in order. */
function outlineOf({ prose, blocks }: Document): { headings: string[]; rows: number[]; blocks: string[] } {
  const tables = prose.matchAll(/(?:^\|.*\n)+/gm)
  return {
    headings: [...prose.matchAll(/^(#{1,6}) /gm)].map(([, level = '']) => level),
    rows: [...tables].map(([table]) => table.trim().split('\n').length),
    blocks: blocks.map(({ language }) => language),
  }
}

/** The Markdown pages that a document links, by their paths from the root. */
function linkedPages({ path, prose }: Document): string[] {
  const targets = prose.matchAll(/\]\(([^)#:\s]+\.md)(?:#[^)]*)?\)/g)
  return [...targets].map(([, target = '']) => normalize(join(dirname(path), target)))
}
