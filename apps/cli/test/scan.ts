import jsQR from 'jsqr'

type Cell = { sign: string; paint: string }
type Colour = 'black' | 'white'

/** Pixels a module. */
const SCALE = 4

/**
 * Reads the QR code on a terminal as a camera does: the cells in the terminal's own colours, or in those that the program set.
 * Dark modules must be dark and light ones light: an inverted code is not read. Null: there is none.
 */
export function scan(cells: readonly (readonly Cell[])[], theme: 'dark' | 'light'): string | null {
  const [ground, ink]: [Colour, Colour] = theme === 'dark' ? ['black', 'white'] : ['white', 'black']
  const columns = Math.max(...cells.map((line) => line.length)) + 4
  const halves = cells.flatMap((line) => {
    const sides = Array.from({ length: columns }, (_, column) => halvesOf(line[column], ground, ink))
    return [sides.map(([upper]) => upper), sides.map(([, lower]) => lower)]
  })
  const width = columns * SCALE
  const height = halves.length * SCALE
  const pixels = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const light = halves[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] === 'white' ? 255 : 0
      pixels.set([light, light, light, 255], (y * width + x) * 4)
    }
  return jsQR.default(pixels, width, height, { inversionAttempts: 'dontInvert' })?.data ?? null
}

function halvesOf(cell: Cell | undefined, ground: Colour, ink: Colour): [Colour, Colour] {
  if (cell === undefined) return [ground, ground]
  const painted = cell.paint === '38;5;231;48;5;16'
  const [over, under]: [Colour, Colour] = painted ? ['white', 'black'] : [ink, ground]
  if (cell.sign === '█') return [over, over]
  if (cell.sign === '▀') return [over, under]
  if (cell.sign === '▄') return [under, over]
  // Letters are no blocks; their cells do not matter here.
  return [under, under]
}

/** Plain lines as cells without colours. */
export function cellsOf(lines: readonly string[]): Cell[][] {
  return lines.map((line) => [...line].map((sign) => ({ sign, paint: '' })))
}
