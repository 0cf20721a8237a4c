import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'
import { useFailureNote } from '../api/use-failure-note.ts'
import { useNote } from '../design/notes.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { useSpeech } from '../words/speech.tsx'

/** Acts that Evolution accepts before they are done, and that the API reads back. */
export type VerifiedAct = 'restart' | 'logout' | 'delete'

/** Pauses a number, with a reason if there is one, or resumes it. */
export function usePauseAct(name: string) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const { apply } = useLiveFleet()
  const note = useNote()
  const fail = useFailureNote()
  return useMutation({
    mutationFn: (wanted: { paused: boolean; pauseReason?: string }) =>
      client.instance.update.mutate({ name, ...wanted }),
    onSuccess(instance) {
      apply(name, instance)
      note({ title: instance.paused ? w.acts.done.pause(name) : w.acts.done.resume(name) })
    },
    onError: fail,
  })
}

/** Lets a number serve only contacts who know it, or all again. */
export function useDrainAct(name: string) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const { apply } = useLiveFleet()
  const note = useNote()
  const fail = useFailureNote()
  return useMutation({
    mutationFn: (draining: boolean) => client.instance.update.mutate({ name, draining }),
    onSuccess(instance) {
      apply(name, instance)
      const { done, drainMore } = w.acts
      if (instance.draining) note({ title: done.drain(name), more: drainMore })
      else note({ title: done.undrain(name) })
    },
    onError: fail,
  })
}

/** Reads a number on Evolution now. */
export function useCheckAct(name: string) {
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const { w } = useSpeech()
  const { refresh } = useLiveFleet()
  const note = useNote()
  const fail = useFailureNote()
  return useMutation({
    mutationFn: () => client.health.check.mutate({ name }),
    onSuccess({ status }) {
      refresh()
      void queryClient.invalidateQueries(trpc.instance.history.queryFilter({ name }))
      note({ title: w.acts.done.check(name, w.status[status]) })
    },
    onError: fail,
  })
}

/** Restarts, logs out or deletes, and shows whether a reading confirmed it. */
export function useVerifiedAct(name: string, act: VerifiedAct, onDone: () => void) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const { refresh, apply } = useLiveFleet()
  const note = useNote()
  const fail = useFailureNote(act === 'delete' ? { EVOLUTION_UNREACHABLE: w.acts.serverAway } : {})
  return useMutation({
    mutationFn: () => client.instance[act].mutate({ name }),
    onSuccess({ verified }) {
      if (act === 'delete') apply(name, null)
      else refresh()
      const unverified = act === 'delete' ? w.acts.unverifiedDelete : w.acts.unverified
      note({ title: w.acts.done[act](name), more: verified ? w.acts.verified : unverified })
      onDone()
    },
    onError(error) {
      fail(error)
      onDone()
    },
  })
}
