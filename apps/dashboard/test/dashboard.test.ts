import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { ADMIN_KEY } from './fleet.ts'
import { askScenes } from './scenes/ask.ts'
import { liveScenes } from './scenes/live.ts'
import { lookScenes } from './scenes/look.ts'
import { numberScenes } from './scenes/number.ts'
import { operatorScenes } from './scenes/operator.ts'
import { pairingScenes } from './scenes/pairing.ts'
import { signInScenes } from './scenes/sign-in.ts'
import { openStage, type Stage } from './stage.ts'

const chromium = findChromium()

// One browser, one build and one fleet for these scenes, which are played in this order: each goes on with the numbers of those before.
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

    scenes('the door', signInScenes)
    scenes('pairing', pairingScenes)
    scenes('a number', numberScenes)
    scenes('live', liveScenes)
    scenes('the question', askScenes)
    scenes('the look', lookScenes)
    scenes('an operator', operatorScenes)

    test('in all this no page complained, and the key went into no address and no log', () => {
      expect(stage.complaints).toEqual([])
      expect(stage.addresses.filter((address) => address.includes(ADMIN_KEY))).toEqual([])
      expect(stage.fleet.log()).not.toContain(ADMIN_KEY)
    })
  },
)
