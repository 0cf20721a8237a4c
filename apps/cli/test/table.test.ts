import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../src/connection/nearest.ts'
import { percent, sparkline } from '../src/terminal/figures.ts'
import { ago, span, upcoming } from '../src/terminal/instant.ts'
import { type Column, table } from '../src/terminal/table.ts'
import { fit, plain, widthOf, wrap } from '../src/terminal/text-width.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '日本語の名前',
    '👩‍👩‍👧‍👦 família',
    'ção',
    '\u001b[31mred\u001b[0m',
    'a\tb\r\nc',
    '\u202Egpj.exe',
  ),
)

describe('a text on a terminal', () => {
  it('cut to a width is never wider, and stays whole if it fits', () => {
    fc.assert(
      fc.property(anyText, fc.nat(50), (raw, width) => {
        const text = plain(raw)
        const cut = fit(text, width)
        expect(widthOf(cut)).toBeLessThanOrEqual(width)
        if (widthOf(text) <= width) expect(cut).toBe(text)
      }),
    )
  })

  it('from outside cannot control the terminal: no escapes, no new lines, no change of writing direction', () => {
    expect(plain('\u001b]0;title\u0007a\nb\u202Ec\u009b31m')).toBe('�]0;title�a�b�c�31m')
  })

  it('is broken at spaces, and no line is longer than the width unless a word is', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('a-very-long-word here', 6)).toEqual(['a-very-long-word', 'here'])
  })
})

describe('a table', () => {
  type Row = [string, string, number]
  const columns: Column<Row>[] = [
    { title: 'NAME', least: 4, cell: ([name]) => name },
    {
      title: 'NOTE',
      least: 6,
      cell: ([, note]) => ({ text: note, paint: (text) => `\u001b[31m${text}\u001b[39m` }),
    },
    { title: 'SENT', side: 'right', cell: ([, , sent]) => String(sent) },
  ]

  it('fits its width with any content, and keeps its columns under their titles', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyText, anyText, fc.nat(9999)), { maxLength: 8 }),
        fc.integer({ min: 24, max: 100 }),
        (rows, width) => {
          const lines = table(rows as Row[], columns, { width })
          expect(lines).toHaveLength(rows.length + 1)
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
          const [titles = ''] = lines
          const end = widthOf(titles)
          rows.forEach(([, , sent], index) => {
            const line = lines[index + 1] ?? ''
            expect(widthOf(line)).toBe(end)
            expect(line.endsWith(String(sent))).toBe(true)
          })
        },
      ),
    )
  })

  it('without a width cuts nothing', () => {
    const long = 'x'.repeat(300)
    expect(table([[long, long, 1] as Row], columns)[1]).toContain(long)
  })

  it('leaves out a column that is empty in all rows', () => {
    expect(table([['a', '', 1] as Row], columns)[0]).toBe('NAME  SENT')
  })
})

describe('words for figures', () => {
  const now = new Date(2026, 10, 25, 13, 40, 2).getTime()

  it('show how long ago, and when again', () => {
    expect([0, 61_000, 7_300_000, 200_000_000].map(span)).toEqual(['0 s', '1 min', '2 h', '2 d'])
    expect(ago(new Date(now + 2_000).toISOString(), now)).toBe('just now')
    expect(ago(new Date(now - 42_000).toISOString(), now)).toBe('42 s ago')
    expect(upcoming(new Date(2026, 10, 25, 14).toISOString(), now)).toBe('14:00 (in 20 min)')
    expect(upcoming(new Date(2026, 10, 26).toISOString(), now)).toBe('2026-11-26 00:00 (in 10 h)')
  })

  it('never round up to 100 % or down to 0', () => {
    expect([1, 0.99999, 0.5, 0.0001, 0].map(percent)).toEqual(['100 %', '99.9 %', '50 %', '0.1 %', '0 %'])
    expect(sparkline([0, 1, 50, 100])).toBe('▁▂▅█')
  })

  it('find the nearest word, or none', () => {
    expect(nearest('vendas-1', ['vendas-01', 'loja-01'])).toBe('vendas-01')
    expect(nearest('xyz', ['vendas-01'])).toBeNull()
  })
})
