import { afterAll, beforeAll, describe } from 'vitest'
import { onStage } from './on-stage.ts'
import { docsScenes } from './scenes/docs.ts'
import { subPathScenes } from './scenes/sub-path.ts'
import { tabsScenes } from './scenes/tabs.ts'
import { thousandScenes } from './scenes/thousand.ts'

// In a separate file with a fleet of their own, so that they run beside those of dashboard.test.ts.
onStage('a fleet that others work on too', (stage) => {
  beforeAll(async () => {
    const { admin, simulator } = stage().fleet
    await admin.instance.create.mutate({ name: 'loja-02' })
    simulator.control.scan('loja-02')
  })
  const scenes = (name: string, play: typeof tabsScenes) =>
    describe(name, () => {
      play(stage)
      afterAll(() => stage().leave())
    })

  scenes('eight tabs', tabsScenes)
  scenes('under a sub path', subPathScenes)
  scenes('a thousand numbers', thousandScenes)
  scenes('the page of the REST routes', docsScenes)
})
