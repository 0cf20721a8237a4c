import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

/**
 * Scenes of which each continues where the one before ended. After the first that fails, the rest is skipped with its name: each
 * would wait a minute for what that one left undone. The pages of the group are closed at its end.
 */
export function sceneGroup(title: string, stage: () => Stage, scenes: (stage: () => Stage) => void): void {
  describe(title, () => {
    let failed: string | null = null
    beforeEach(({ skip }) => {
      if (failed !== null) skip(`after the failure of "${failed}"`)
    })
    afterEach(async ({ task }) => {
      if (task.result?.state !== 'fail') return
      failed ??= task.name
      console.error(`When "${task.name}" failed:\n${await stage().describePages()}`)
    })
    scenes(stage)
    afterAll(() => stage()?.leave())
  })
}
