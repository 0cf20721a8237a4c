import picocolors from 'picocolors'
import type { Output, World } from '../world.ts'

type Brush = (text: string) => string

/** Colours for one stream; without colours every brush returns the text unchanged. */
export type Paint = {
  enabled: boolean
  bold: Brush
  dim: Brush
  red: Brush
  green: Brush
  yellow: Brush
  cyan: Brush
}

/** Colours, or none. Not `picocolors.isColorSupported`: it decides once for the process, here each stream decides. */
export function paintOf(enabled: boolean): Paint {
  const { bold, dim, red, green, yellow, cyan } = picocolors.createColors(enabled)
  return {
    enabled,
    bold: paintText(bold),
    dim: paintText(dim),
    red: paintText(red),
    green: paintText(green),
    yellow: paintText(yellow),
    cyan: paintText(cyan),
  }
}

/** An empty text stays empty: a table measures it. */
function paintText(paint: Brush): Brush {
  return (text) => (text === '' ? '' : paint(text))
}

/**
 * Whether a stream gets colours: never with `--no-color`; else FORCE_COLOR (0 or false for never) decides, then
 * NO_COLOR (https://no-color.org: any word but the empty one), then whether it is a terminal that can.
 */
export function wantsColour(world: Pick<World, 'env'>, stream: Output, flag: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = world.env
  if (!flag) return false
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if (none !== undefined && none !== '') return false
  return stream.isTTY === true && term !== 'dumb'
}
