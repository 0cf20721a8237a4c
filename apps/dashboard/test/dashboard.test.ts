import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { ADMIN_KEY } from './fleet.ts'
import { askScenes } from './scenes/ask.ts'
import { docsScenes } from './scenes/docs.ts'
import { liveScenes } from './scenes/live.ts'
import { lookScenes } from './scenes/look.ts'
import { numberScenes } from './scenes/number.ts'
import { operatorScenes } from './scenes/operator.ts'
import { pairingScenes } from './scenes/pairing.ts'
import { signInScenes } from './scenes/sign-in.ts'
import { subPathScenes } from './scenes/sub-path.ts'
import { tabsScenes } from './scenes/tabs.ts'
import { thousandScenes } from './scenes/thousand.ts'
import { openStage, type Stage } from './stage.ts'

const chromium = findChromium()

// One browser, one build and one fleet for all scenes, which are played in this order.
describe.skipIf(chromium === null)(
  `the page in a real browser${chromium === null ? ' (skipped: no Chromium here; set CHROMIUM_PATH)' : ''}`,
  { timeout: 60_000 },
  () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await openStage(chromium ?? '')
    }, 120_000)
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
    scenes('eight tabs', tabsScenes)
    scenes('under a sub path', subPathScenes)
    scenes('a thousand numbers', thousandScenes)

    scenes('the page of the REST doors', docsScenes)

    test('in all this no page complained, and the key went into no address and no log', () => {
      expect(stage.complaints).toEqual([])
      expect(stage.addresses.filter((address) => address.includes(ADMIN_KEY))).toEqual([])
      expect(stage.fleet.log()).not.toContain(ADMIN_KEY)
    })
  },
)
