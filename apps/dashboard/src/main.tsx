import { createRoot } from 'react-dom/client'
import './look/tokens.css'
import './look/base.css'
import './look/floating.css'
import { showTheme } from './look/theme.ts'
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
