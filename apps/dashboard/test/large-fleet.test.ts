import { beforeAll } from 'vitest'
import { onStage, sceneGroup } from './on-stage.ts'
import { alertScenes } from './scenes/alerts.ts'
import { docsScenes } from './scenes/docs.ts'
import { messageScenes } from './scenes/messages.ts'
import { settingsScenes } from './scenes/settings.ts'
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
  sceneGroup('eight tabs', stage, tabsScenes)
  sceneGroup('under a sub path', stage, subPathScenes)
  sceneGroup('messages', stage, messageScenes)
  sceneGroup('alerts', stage, alertScenes)
  sceneGroup('settings', stage, settingsScenes)
  sceneGroup('a thousand numbers', stage, thousandScenes)
  sceneGroup('the page of the REST routes', stage, docsScenes)
})
