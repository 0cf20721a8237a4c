import { onStage, sceneGroup } from './on-stage.ts'
import { appearanceScenes } from './scenes/appearance.ts'
import { askScenes } from './scenes/ask.ts'
import { contactScenes } from './scenes/contacts.ts'
import { liveScenes } from './scenes/live.ts'
import { numberScenes } from './scenes/number.ts'
import { operatorScenes } from './scenes/operator.ts'
import { pairingScenes } from './scenes/pairing.ts'
import { signInScenes } from './scenes/sign-in.ts'
import { tagScenes } from './scenes/tags.ts'

// One browser, one build and one fleet. The groups run in this order: the first one needs a fleet without numbers.
onStage('the page in a real browser', (stage) => {
  sceneGroup('the sign-in', stage, signInScenes)
  sceneGroup('pairing', stage, pairingScenes)
  sceneGroup('a number', stage, numberScenes)
  sceneGroup('live', stage, liveScenes)
  sceneGroup('who would send', stage, askScenes)
  sceneGroup('a contact', stage, contactScenes)
  sceneGroup('the appearance', stage, appearanceScenes)
  sceneGroup('an operator', stage, operatorScenes)
  sceneGroup('tags', stage, tagScenes)
})
