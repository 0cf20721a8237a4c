import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { Message } from '../api/open-client.ts'
import type { Outgoing } from './outgoing.ts'

/**
 * Sends a message. A repeated call with the same message has the same idempotency key until one succeeds: after a lost answer it is not
 * sent twice.
 */
export function useSend(onAccepted: (message: Message) => void) {
  const { client } = useFleet()
  const changed = useMessageChanged()
  const tried = useRef<{ input: string; key: string } | null>(null)
  return useMutation({
    mutationFn(outgoing: Outgoing) {
      const input = JSON.stringify(outgoing)
      if (tried.current?.input !== input) tried.current = { input, key: newKey() }
      return client.message.send.mutate({ ...outgoing, idempotencyKey: tried.current.key })
    },
    onSuccess(message) {
      tried.current = null
      changed(message)
      onAccepted(message)
    },
  })
}

/** Cancels a message that waits. */
export function useCancel(id: string, onDone: () => void) {
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const changed = useMessageChanged()
  return useMutation({
    mutationFn: () => client.message.cancel.mutate({ id }),
    onSuccess(message) {
      changed(message)
      onDone()
    },
    onSettled: () => queryClient.invalidateQueries(trpc.message.get.queryFilter({ id })),
  })
}

/** Returns the function that shows a message as a call answered it, and reads the lists again. */
function useMessageChanged(): (message: Message) => void {
  const { trpc } = useFleet()
  const queryClient = useQueryClient()
  return (message) => {
    queryClient.setQueryData(trpc.message.get.queryKey({ id: message.id }), message)
    void queryClient.invalidateQueries(trpc.message.list.pathFilter())
  }
}

/** Also on pages over plain HTTP, where browsers offer no UUIDs. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
