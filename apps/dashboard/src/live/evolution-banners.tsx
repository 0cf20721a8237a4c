import type { Conditions } from '../api/open-client.ts'
import { othersOf, TROUBLES, troubleOf } from '../servers/other-servers.ts'
import { DEFAULT_SERVER } from '../servers/server-counts.ts'
import { useSpeech } from '../words/speech.tsx'
import { Banner } from './banner.tsx'

/** What is wrong with Evolution; of several servers, with which of them. */
export function EvolutionBanners({ conditions }: { conditions: Conditions }) {
  const others = othersOf(conditions)
  return others.length === 0 ? <OneServer {...conditions.evolution} /> : <Servers conditions={conditions} />
}

function OneServer({ reachable, problem }: Conditions['evolution']) {
  const { w } = useSpeech()
  return (
    <>
      {!reachable && (
        <Banner tone="bad" title={w.banner.unreachableTitle}>
          {w.banner.unreachableMore}
        </Banner>
      )}
      {problem === 'unlicensed' && (
        <Banner tone="bad" title={w.banner.unlicensedTitle}>
          {w.banner.unlicensedMore}
        </Banner>
      )}
      {problem === 'database_away' && (
        <Banner tone="bad" title={w.banner.databaseAwayTitle}>
          {w.banner.databaseAwayMore}
        </Banner>
      )}
    </>
  )
}

function Servers({ conditions }: { conditions: Conditions }) {
  const { w } = useSpeech()
  const { reachable, problem } = conditions.evolution
  const servers = [{ name: DEFAULT_SERVER, reachable, problem }, ...othersOf(conditions)]
  return TROUBLES.map((trouble) => {
    const names = servers.filter((one) => troubleOf(one) === trouble).map(({ name }) => name)
    const words = w.servers.troubles[trouble]
    return (
      names.length > 0 && (
        <Banner key={trouble} tone="bad" title={words.title(names.length, names.join(', '))}>
          {words.more}
        </Banner>
      )
    )
  })
}
