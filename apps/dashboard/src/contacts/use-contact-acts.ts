import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { useFailureNote } from '../api/use-failure-note.ts'
import { useNote } from '../design/notes.tsx'
import { useSpeech } from '../words/speech.tsx'
import { downloadJson } from './download-json.ts'

/** Returns the function that shows a contact as an act answered it, and reads again what follows from it. */
function useChanged(id: string): (contact: Partial<Contact>) => void {
  const { trpc } = useFleet()
  const queryClient = useQueryClient()
  return (contact) => {
    queryClient.setQueryData(
      trpc.contact.get.queryKey({ id }),
      (before) => before && { ...before, ...contact, id },
    )
    void queryClient.invalidateQueries(trpc.contact.get.queryFilter({ id }))
    void queryClient.invalidateQueries(trpc.contact.export.queryFilter({ id }))
    // To a blocked contact none would send; the call is an error.
    if (contact.blocked) return
    void queryClient.invalidateQueries(trpc.instance.explain.queryFilter({ contactId: id }))
  }
}

/** Gives a contact a number. */
export function useSetNumber(id: string, onDone: () => void) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const changed = useChanged(id)
  const note = useNote()
  return useMutation({
    mutationFn: (instanceName: string) => client.contact.setPreference.mutate({ id, instanceName }),
    onSuccess({ preferredInstance }, instanceName) {
      changed({ preferredInstance })
      note({ title: w.contacts.done.setNumber(instanceName) })
      onDone()
    },
  })
}

/** Takes the number from a contact: the next message chooses. */
export function useClearNumber(id: string) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const changed = useChanged(id)
  const note = useNote()
  return useMutation({
    mutationFn: () => client.contact.clearPreference.mutate({ id }),
    onSuccess() {
      changed({ preferredInstance: null })
      note({ title: w.contacts.done.clearNumber })
    },
    onError: useFailureNote(),
  })
}

/** Blocks a contact, with a reason if there is one, or ends the block. */
export function useBlockAct(id: string, onDone: () => void) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const changed = useChanged(id)
  const note = useNote()
  return useMutation({
    mutationFn: ({ block, reason }: { block: boolean; reason?: string }) =>
      block
        ? client.contact.block.mutate({ id, ...(reason ? { reason } : {}) })
        : client.contact.unblock.mutate({ id }),
    onSuccess(contact) {
      changed(contact)
      note({ title: contact.blocked ? w.contacts.done.block : w.contacts.done.unblock })
      onDone()
    },
  })
}

/** Makes another id one of the contact's, or takes it away. */
export function useLinkAct(id: string, onDone: () => void) {
  const { client } = useFleet()
  const { w } = useSpeech()
  const changed = useChanged(id)
  const note = useNote()
  return useMutation({
    mutationFn: ({ alias, link }: { alias: string; link: boolean }) =>
      link ? client.contact.link.mutate({ id, alias }) : client.contact.unlink.mutate({ id, alias }),
    onSuccess(contact, { alias, link }) {
      changed(contact)
      note({ title: link ? w.contacts.done.link(alias) : w.contacts.done.unlink(alias) })
      onDone()
    },
  })
}

/** Downloads all that is stored of a contact. */
export function useExportAct(id: string) {
  const { client } = useFleet()
  return useMutation({
    mutationFn: () => client.contact.export.query({ id }),
    // No id in the name: the browser lists the names of all downloads.
    onSuccess: (stored) =>
      downloadJson(`zapfleet-contact-${new Date().toISOString().slice(0, 10)}.json`, stored),
    onError: useFailureNote(),
  })
}

/** Erases a contact. */
export function useForgetAct(id: string, onDone: () => void) {
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const { w } = useSpeech()
  const note = useNote()
  return useMutation({
    mutationFn: () => client.contact.forget.mutate({ id }),
    onSuccess() {
      onDone()
      note({ title: w.contacts.done.forget })
      queryClient.removeQueries(trpc.contact.get.queryFilter({ id }))
      queryClient.removeQueries(trpc.contact.export.queryFilter({ id }))
      queryClient.removeQueries(trpc.instance.explain.queryFilter({ contactId: id }))
    },
  })
}
