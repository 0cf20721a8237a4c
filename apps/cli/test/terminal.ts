import { Writable } from 'node:stream'

type Cell = { sign: string; paint: string }

/**
 * A terminal as far as the program uses one: it interprets what is written and holds what a person would see. Colours are kept
 * cell by cell. `raw` is everything that was written.
 */
export class Terminal extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  raw = ''
  #main: Cell[][] = [[]]
  #other: Cell[][] | null = null
  #row = 0
  #column = 0
  #kept = { row: 0, column: 0 }
  #paint = ''
  cursorShown = true
  wraps = true

  constructor(columns = 80, rows = 40) {
    super()
    this.columns = columns
    this.rows = rows
  }

  /** Whether the alternate screen is on. */
  get taken(): boolean {
    return this.#other !== null
  }

  /** The visible lines, without colours. */
  lines(): string[] {
    return this.cells().map((line) =>
      line
        .map(({ sign }) => sign)
        .join('')
        .trimEnd(),
    )
  }

  text(): string {
    return this.lines().join('\n').trim()
  }

  cells(): Cell[][] {
    return this.#other ?? this.#main
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString()
    this.raw += text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they control a terminal
    for (const [part] of text.matchAll(/\u001b\[([?\d;]*)([A-Za-z])|[^\u001b]/gsu)) this.#take(part)
    done()
  }

  #take(part: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: see above
    const command = /^\u001b\[([?\d;]*)([A-Za-z])$/.exec(part)
    if (command !== null) this.#obey(command[1] as string, command[2] as string)
    else if (part === '\r') this.#column = 0
    else if (part === '\n') {
      this.#row += 1
      this.#column = 0
    } else this.#put(part)
  }

  #put(sign: string): void {
    if (this.#column >= this.columns && this.wraps) this.#take('\n')
    // Without wrapping, text overwrites the last column.
    const column = Math.min(this.#column, this.columns - 1)
    const line = this.#line()
    while (line.length < column) line.push({ sign: ' ', paint: '' })
    line[column] = { sign, paint: this.#paint }
    this.#column = column + 1
  }

  #obey(figures: string, letter: string): void {
    const [first = 0, second = 0] = figures.split(';').map(Number)
    if (letter === 'm') this.#paint = figures === '' || figures === '0' || figures === '39;49' ? '' : figures
    else if (letter === 'H') {
      this.#row = Math.max(0, first - 1)
      this.#column = Math.max(0, second - 1)
    } else if (letter === 'K') this.#line().splice(Math.min(this.#column, this.columns - 1))
    else if (letter === 'G') this.#column = Math.max(0, first - 1)
    else if (letter === 'J') this.#clear(first)
    else if (figures === '?25') this.cursorShown = letter === 'h'
    else if (figures === '?7') this.wraps = letter === 'h'
    else if (figures === '?1049') this.#swap(letter === 'h')
    else throw new Error(`the terminal does not know CSI ${figures}${letter}`)
  }

  #clear(what: number): void {
    if (what === 2) this.cells().splice(0)
    else {
      this.#line().splice(this.#column)
      this.cells().splice(this.#row + 1)
    }
  }

  #swap(enter: boolean): void {
    if (enter) {
      this.#kept = { row: this.#row, column: this.#column }
      this.#other = [[]]
    } else if (this.#other !== null) {
      this.#other = null
      this.#row = this.#kept.row
      this.#column = this.#kept.column
    }
  }

  #line(): Cell[] {
    const cells = this.cells()
    while (cells.length <= this.#row) cells.push([])
    return cells[this.#row] as Cell[]
  }
}

/** A stream that is no terminal: a file, a pipe. */
export class Pipe extends Writable {
  raw = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.raw += chunk.toString()
    done()
  }

  text(): string {
    return this.raw.trim()
  }

  lines(): string[] {
    return this.raw.split('\n').filter((line) => line !== '')
  }
}
