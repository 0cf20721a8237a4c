import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { ADMIN_KEY } from './fleet.ts'
import { appearanceScenes } from './scenes/appearance.ts'
import { askScenes } from './scenes/ask.ts'
import { liveScenes } from './scenes/live.ts'
import { numberScenes } from './scenes/number.ts'
import { operatorScenes } from './scenes/operator.ts'
import { pairingScenes } from './scenes/pairing.ts'
import { signInScenes } from './scenes/sign-in.ts'
import { openStage, type Stage } from './stage.ts'

const chromium = findChromium()

// One browser, one build and one fleet for these scenes, which run in this order: each uses the numbers of those before.
describe.skipIf(chromium === null)(
  `the page in a real browser${chromium === null ? ' (skipped: no Chromium here; set CHROMIUM_PATH)' : ''}`,
  () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await openStage(chromium ?? '')
    })
    afterAll(() => stage?.close())
    const scenes = (name: string, play: (stage: () => Stage) => void) =>
      describe(name, () => {
        play(() => stage)
        afterAll(() => stage?.leave())
      })

    scenes('the sign-in', signInScenes)
    scenes('pairing', pairingScenes)
    scenes('a number', numberScenes)
    scenes('live', liveScenes)
    scenes('who would send', askScenes)
    scenes('the appearance', appearanceScenes)
    scenes('an operator', operatorScenes)

    test('no page logged an error, and no address and no log holds the key', () => {
      expect(stage.complaints).toEqual([])
      expect(stage.addresses.filter((address) => address.includes(ADMIN_KEY))).toEqual([])
      expect(stage.fleet.log()).not.toContain(ADMIN_KEY)
    })
  },
)
