import { pageAddress } from '../connection/address.ts'
import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { timeOfDay } from '../terminal/instant.ts'
import { paintOf, wantsColour } from '../terminal/paint.ts'
import { type QrInk, qrLines } from '../terminal/qr.ts'
import { openScreen } from '../terminal/screen.ts'
import { spinnerSign, TURN_EVERY_MS } from '../terminal/spinner.ts'
import { fit, widthOf, wrap } from '../terminal/text-width.ts'
import { notReadyWords } from '../words.ts'
import type { Output } from '../world.ts'
import {
  type Code,
  inkFor,
  type PairingReporter,
  pairingCodeWords,
  phoneSteps,
  type Waiting,
} from './report-pairing.ts'

/** What the screen shows. */
type PairingView = {
  name: string
  code: Code | null
  expiresAtMs: number
  waiting: Waiting | null
  awaySinceMs: number | null
}

/** Draws the pairing on a whole terminal, after each change and each turn of the spinner. */
export function drawPairing(
  session: Session,
  output: Output,
  name: string,
  options: { qrDark: boolean; color: boolean },
): PairingReporter {
  const { now } = session.world
  const paint = paintOf(wantsColour(session.world, output, options.color))
  const ink = inkFor(paint, options.qrDark)
  const page = pageAddress(session.found().url, name)
  const view: PairingView = { name, code: null, expiresAtMs: 0, waiting: null, awaySinceMs: null }
  const draw = () =>
    screen.draw(pairingLines(view, { columns: screen.columns(), rows: screen.rows(), now: now(), ink, page }))
  const screen = openScreen(output, () => draw())
  const timer = setInterval(draw, TURN_EVERY_MS)
  const change = (changes: Partial<PairingView>) => {
    Object.assign(view, changes)
    draw()
  }
  draw()
  return {
    code: (code, expiresAtMs) => change({ code, expiresAtMs, waiting: null }),
    waiting: (waiting) => change({ code: null, waiting }),
    away: () => change({ awaySinceMs: view.awaySinceMs ?? now() }),
    back: () => change({ awaySinceMs: null }),
    end() {
      clearInterval(timer)
      screen.close()
    },
  }
}

/** The pairing as lines that fit a terminal of that size. */
function pairingLines(
  view: PairingView,
  terminal: { columns: number; rows: number; now: number; ink: QrInk; page: string },
): string[] {
  const { columns, rows, now, ink } = terminal
  const head = [t`${view.name}: scan the code. ${phoneSteps()}`].flatMap((line) => wrap(line, columns))
  const foot = footLines(view, now).flatMap((line) => wrap(line, columns).map((part) => fit(part, columns)))
  const picture = view.code?.code ? qrLines(view.code.code, ink) : []
  const [first = ''] = picture
  const fits = widthOf(first) <= columns && head.length + picture.length + foot.length <= rows
  if (picture.length === 0) return [...head, '', ...foot].slice(0, rows)
  if (!fits)
    return [view.name, '', ...tooSmall(picture, head.length + foot.length, terminal), '', ...foot].slice(
      0,
      rows,
    )
  // Empty lines between the parts, where they fit.
  const air = head.length + picture.length + foot.length + 2 <= rows ? [''] : []
  return [...head, ...air, ...picture, ...air, ...foot]
}

function footLines(view: PairingView, now: number): string[] {
  const { code, waiting, awaySinceMs } = view
  const sign = spinnerSign(now)
  const lines: string[] = []
  if (awaySinceMs !== null)
    lines.push(t`${sign} The API does not answer since ${timeOfDay(awaySinceMs)}; trying again.`)
  else if (code !== null) {
    const left = Math.ceil((view.expiresAtMs - now) / 1000)
    lines.push(
      left > 0 ? t`${sign} Code ${code.count}, good for ${left} s more.` : t`${sign} A fresh code is coming.`,
    )
    if (code.code === null) lines.push(t`Evolution gave no text to draw; --png <file> saves its picture.`)
    if (code.pairingCode !== null) lines.push(pairingCodeWords(code.pairingCode))
  } else if (waiting !== null) lines.push(`${sign} ${notReadyWords(waiting)}`)
  else lines.push(t`${sign} Waiting for the first code.`)
  lines.push(t`Ctrl-C stops the waiting; the number stays.`)
  return lines
}

function tooSmall(
  picture: readonly string[],
  around: number,
  { columns, rows, page }: { columns: number; rows: number; page: string },
): string[] {
  const needed = `${Math.max(widthOf(picture[0] ?? ''), 60)}x${picture.length + around}`
  const words = t`The code needs a window of ${needed} characters; this one has ${columns}x${rows}. Make it larger or its letters smaller, open the page below in a browser, or save the code as a picture: --png <file>.`
  // On a separate line, so that a click in the terminal opens it.
  return [...wrap(words, columns), page]
}
