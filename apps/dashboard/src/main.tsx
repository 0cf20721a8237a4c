import { createRoot } from 'react-dom/client'
import './design/tokens.css'
import './design/base.css'
import './design/controls.css'
import './design/tags.css'
import './design/indicators.css'
import './design/floating.css'
import { showTheme } from './design/theme.ts'
import { Page } from './page.tsx'
import { SpeechProvider } from './words/speech.tsx'

showTheme()
const place = document.getElementById('page')
if (place === null) throw new Error('index.html has no element #page.')
createRoot(place).render(
  <SpeechProvider>
    <Page />
  </SpeechProvider>,
)
