import type { LiveFleet } from '@zapfleet/client'
import { arranged } from '../instance-order.ts'
import type { Session } from '../session.ts'
import { openScreen, type Screen } from '../terminal/screen.ts'
import { followFleet } from './follow-fleet.ts'
import { listenToKeys } from './listen-to-keys.ts'
import { mostAbove, type WatchView, watchLines } from './watch-lines.ts'

/** The clock and the ages on the screen change each second. */
const DRAW_EVERY_MS = 1_000
/** Events within this time are drawn together. */
const COLLECT_MS = 50

/** Shows the fleet on the whole terminal until q, Ctrl-C or the end of the program. @throws FleetError when the API refuses it */
export async function watchScreen(session: Session): Promise<void> {
  const { world, paint } = session
  const { stdout, stdin, now, interrupted } = world
  const quit = new AbortController()
  const signal = AbortSignal.any([interrupted, quit.signal])
  const view: WatchView = { url: session.found().url, instances: [], awaySinceMs: null, above: 0 }
  let screen = null as Screen | null
  let fleet = null as LiveFleet | null
  let pending: NodeJS.Timeout | null = null
  const draw = () => {
    if (pending !== null) clearTimeout(pending)
    pending = null
    view.instances = arranged(fleet?.snapshot.instances ?? [], 'attention')
    screen?.draw(watchLines(view, { columns: screen.columns(), rows: screen.rows(), now: now(), paint }))
  }
  const drawSoon = () => {
    pending ??= setTimeout(draw, COLLECT_MS)
  }
  const scroll = (lines: number) => {
    const most = screen === null ? 0 : mostAbove(view, screen.rows())
    view.above = Math.max(0, Math.min(most, view.above + lines))
    draw()
  }
  const keys = listenToKeys(stdin, {
    quit: () => quit.abort(),
    up: () => scroll(-1),
    down: () => scroll(1),
    pageUp: () => scroll(3 - (stdout.rows ?? 24)),
    pageDown: () => scroll((stdout.rows ?? 24) - 3),
  })
  const timer = setInterval(draw, DRAW_EVERY_MS)
  try {
    await followFleet(
      session,
      {
        list(_instances, live) {
          fleet = live
          // Not before the first list: a refusal is printed on the terminal as it is.
          screen ??= openScreen(stdout, draw)
          drawSoon()
        },
        event: drawSoon,
        away() {
          view.awaySinceMs = now()
          draw()
        },
        back() {
          view.awaySinceMs = null
          draw()
        },
      },
      signal,
    )
  } finally {
    clearInterval(timer)
    if (pending !== null) clearTimeout(pending)
    keys.close()
    screen?.close()
  }
}
