import { useCallback, useEffect, useState } from 'react'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import type { Pairing } from '../api/open-client.ts'

/** A pairing in progress: its newest state, whether the stream is interrupted, or the error that ended it. */
export type PairingProgress = {
  pairing: Pairing | null
  interrupted: boolean
  error: unknown
  /** Starts another pairing, after the last code or an error. */
  again: () => void
}

/** Follows `instance.onPairing` of a number while it is shown. `first` is its state before the first event. */
export function usePairingStream(name: string, first: Pairing | null): PairingProgress {
  const { client } = useFleet()
  const [pairing, setPairing] = useState<Pairing | null>(first)
  const [interrupted, setInterrupted] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)

  // Each attempt opens another stream.
  useEffect(() => {
    const subscription = client.instance.onPairing.subscribe(
      { name },
      {
        onStarted: () => setInterrupted(false),
        onData: setPairing,
        onConnectionStateChange({ state, error }) {
          if (state === 'connecting' && error) setInterrupted(true)
        },
        onError(failure) {
          endIfRevoked(failure)
          setError(failure)
        },
      },
    )
    return () => subscription.unsubscribe()
  }, [client, name, attempt])

  const again = useCallback(() => {
    setPairing(null)
    setError(null)
    setInterrupted(false)
    setAttempt((before) => before + 1)
  }, [])
  return { pairing, interrupted, error, again }
}
