import { useNote } from '../design/notes.tsx'
import { useSpeech } from '../words/speech.tsx'
import { describe, type OwnSentences } from './failure.ts'
import { endIfRevoked } from './fleet.tsx'

/** Returns the function that shows a note that an act failed, for acts without a dialog, and ends the session if the error requires it. */
export function useFailureNote(sentences: OwnSentences = {}): (error: unknown) => void {
  const { w } = useSpeech()
  const note = useNote()
  return (error) => {
    endIfRevoked(error)
    const { title, more } = describe(error, w, sentences)
    note({ kind: 'bad', title: w.acts.failed, more: more ? `${title} ${more}` : title })
  }
}
