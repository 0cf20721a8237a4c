import { useQuery } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import { Icon } from './design/icon.tsx'
import { useSpeech } from './words/speech.tsx'

/** Places whose code is loaded when they are opened first. */
const PLACES = {
  alerts: async () => (await import('./alerts/alerts-view.tsx')).AlertsView,
  settings: async () => (await import('./settings/settings-view.tsx')).SettingsView,
} as const satisfies Record<string, () => Promise<ComponentType>>

/** A place whose code is not part of the first JavaScript. After an update of the API, an open tab may not find it any more. */
export function LoadedPlace({ place }: { place: keyof typeof PLACES }) {
  const { w } = useSpeech()
  const { data: View, isError } = useQuery({
    queryKey: ['place', place],
    queryFn: PLACES[place],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  if (View) return <View />
  if (!isError)
    return (
      <p className="quiet" role="status">
        {w.place.opening}
      </p>
    )
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <div>
        <p className="failure-title">{w.place.failedTitle}</p>
        <p>{w.place.failedMore}</p>
        <button type="button" className="link" onClick={() => location.reload()}>
          {w.place.reload}
        </button>
      </div>
    </div>
  )
}
