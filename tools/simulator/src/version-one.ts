/** An answer of version 2 in the shape of version 1 (1.8.2; `flat`: 1.4.0 and older), or null for other routes. */
export function asVersionOne(path: string, query: URLSearchParams, answer: unknown, flat: boolean): unknown {
  if (path.startsWith('/instance/connectionState/')) return flat ? flatState(answer) : null
  if (path === '/instance/fetchInstances') return oldInventory(answer, query)
  if (path === '/instance/create') return oldCreate(answer)
  return null
}

function flatState(answer: unknown): unknown {
  const { instance } = answer as { instance?: { state?: string } }
  return instance === undefined ? null : { state: instance.state, statusReason: 200 }
}

type Row = {
  name: string
  id: string
  ownerJid: string | null
  profileName: string | null
  connectionStatus: string
  token: string
}

// One name returns an object, not an array of one.
function oldInventory(answer: unknown, query: URLSearchParams): unknown {
  if (!Array.isArray(answer)) return null
  const rows = (answer as Row[]).map((row) => ({
    instance: {
      instanceName: row.name,
      instanceId: row.id,
      owner: row.ownerJid,
      profileName: row.profileName,
      profilePictureUrl: null,
      profileStatus: '',
      status: row.connectionStatus,
      apikey: row.token,
    },
  }))
  return query.get('instanceName') ? rows[0] : rows
}

function oldCreate(answer: unknown): unknown {
  const created = answer as { instance?: object; hash?: string }
  if (created.instance === undefined) return null
  return { ...created, instance: { ...created.instance, status: 'created' }, hash: { apikey: created.hash } }
}
