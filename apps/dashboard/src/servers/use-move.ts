import { useMutation } from '@tanstack/react-query'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { useFailureNote } from '../api/use-failure-note.ts'
import { useNote } from '../design/notes.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { useSpeech } from '../words/speech.tsx'

/** Begins the move of a number to a server, or continues it: its answer holds the first code. */
export function useMove(name: string) {
  const { client } = useFleet()
  const { apply, refresh } = useLiveFleet()
  return useMutation({
    mutationFn: (server: string) => client.instance.move.mutate({ name, server }),
    onSuccess: ({ instance }) => apply(name, instance),
    onError(error) {
      endIfRevoked(error)
      refresh()
    },
  })
}

/** Cancels the move of a number: it stays on its own server. */
export function useCancelMove({ name, server }: Instance, onDone: () => void = () => {}) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const { apply, refresh } = useLiveFleet()
  const note = useNote()
  const fail = useFailureNote()
  return useMutation({
    mutationFn: () => client.instance.move.mutate({ name, server }),
    onSuccess({ instance }) {
      apply(name, instance)
      note({ title: w.servers.cancelled(name, server) })
      onDone()
    },
    onError(error) {
      fail(error)
      // The phone may have been paired on the other server meanwhile.
      refresh()
    },
  })
}
