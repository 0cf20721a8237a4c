import type { Output, World } from '../world.ts'

type Brush = (text: string) => string

/** Colours for one stream; where they are not wanted, every brush leaves the text as it is. */
export type Paint = {
  enabled: boolean
  bold: Brush
  dim: Brush
  red: Brush
  green: Brush
  yellow: Brush
  cyan: Brush
}

const brush =
  (enabled: boolean, open: number, close: number): Brush =>
  (text) =>
    enabled && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text

/** Colours, or none. */
export function paintOf(enabled: boolean): Paint {
  return {
    enabled,
    bold: brush(enabled, 1, 22),
    dim: brush(enabled, 2, 22),
    red: brush(enabled, 31, 39),
    green: brush(enabled, 32, 39),
    yellow: brush(enabled, 33, 39),
    cyan: brush(enabled, 36, 39),
  }
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
