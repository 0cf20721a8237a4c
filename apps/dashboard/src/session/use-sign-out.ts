import { useMutation } from '@tanstack/react-query'
import { describe } from '../api/failure.ts'
import { useNote } from '../design/notes.tsx'
import { useSpeech } from '../words/speech.tsx'
import { signOut } from './follow-session.ts'

/** Signs this browser out, or every browser of the key. A failure shows as a note: the browser is still signed in then. */
export function useSignOut() {
  const { w } = useSpeech()
  const note = useNote()
  return useMutation({
    mutationFn: signOut,
    onError(error) {
      const { title, more } = describe(error, w)
      note({ kind: 'bad', title: w.sessions.signOutFailed, more: more ? `${title} ${more}` : title })
    },
  })
}
