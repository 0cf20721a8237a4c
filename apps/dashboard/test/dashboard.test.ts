import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { ADMIN_KEY } from './fleet.ts'
import { askScenes } from './scenes/ask.ts'
import { docsScenes } from './scenes/docs.ts'
import { liveScenes } from './scenes/live.ts'
import { lookScenes } from './scenes/look.ts'
import { numberScenes } from './scenes/number.ts'
import { pairingScenes } from './scenes/pairing.ts'
import { signInScenes } from './scenes/sign-in.ts'
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

    describe('the door', () => signInScenes(() => stage))
    describe('pairing', () => pairingScenes(() => stage))
    describe('a number', () => numberScenes(() => stage))
    describe('live', () => liveScenes(() => stage))
    describe('the question', () => askScenes(() => stage))
    describe('the look', () => lookScenes(() => stage))
    describe('a thousand numbers', () => thousandScenes(() => stage))

    describe('the page of the REST doors', () => docsScenes(() => stage))

    test('in all this no page complained, and the key went into no address and no log', () => {
      expect(stage.complaints).toEqual([])
      expect(stage.addresses.filter((address) => address.includes(ADMIN_KEY))).toEqual([])
      expect(stage.fleet.log()).not.toContain(ADMIN_KEY)
    })
  },
)
