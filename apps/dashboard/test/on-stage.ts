import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { ADMIN_KEY } from './fleet.ts'
import { openStage, type Stage } from './stage.ts'

const chromium = findChromium()

/** Runs scenes in a real browser with a fleet of their own; skipped without Chromium. */
export function onStage(title: string, scenes: (stage: () => Stage) => void): void {
  const name = `${title}${chromium === null ? ' (skipped: no Chromium here; set CHROMIUM_PATH)' : ''}`
  describe.skipIf(chromium === null)(name, () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await openStage(chromium ?? '')
    })
    afterAll(() => stage?.close())
    scenes(() => stage)
    test('no page logged an error, and no address and no log holds the key', () => {
      expect(stage.complaints).toEqual([])
      expect(stage.addresses.filter((address) => address.includes(ADMIN_KEY))).toEqual([])
      expect(stage.fleet.log()).not.toContain(ADMIN_KEY)
    })
  })
}
