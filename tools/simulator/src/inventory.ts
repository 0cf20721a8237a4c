import type { Instance } from './instance.ts'
import type { World } from './world.ts'

/** A row of fetchInstances: the view of the DATABASE, with the token. It has no webhook. */
export function inventoryRow(instance: Instance): object {
  const { database } = instance
  return {
    id: instance.id,
    name: instance.name,
    connectionStatus: database.connectionStatus,
    ownerJid: database.ownerJid,
    profileName: database.profileName,
    profilePicUrl: null,
    integration: instance.integration,
    number: instance.number,
    businessId: null,
    token: instance.token,
    clientName: 'evolution',
    disconnectionReasonCode: database.disconnectionReasonCode,
    disconnectionObject: database.disconnectionObject,
    disconnectionAt: database.disconnectionAt,
    createdAt: database.createdAt,
    updatedAt: database.updatedAt,
    Chatwoot: null,
    Proxy: null,
    Rabbitmq: null,
    Nats: null,
    Sqs: null,
    Websocket: instance.websocket,
    Setting: {
      id: instance.settingId,
      ...instance.settings,
      createdAt: database.createdAt,
      updatedAt: database.createdAt,
      instanceId: instance.id,
    },
    _count: { Message: 0, Contact: 0, Chat: 0 },
  }
}

/** All instances, ordered by their random ids, as a database without an ORDER BY returns them. */
export const inventory = (world: World): Instance[] =>
  [...world.instances.values()].sort((a, b) => (a.id < b.id ? -1 : 1))

/** `GET /metrics`: the state in MEMORY of every instance in one answer, in Prometheus' text format. */
export function metricsText(world: World): string {
  const lines = [
    '# HELP evolution_instances_total Total number of instances',
    '# TYPE evolution_instances_total gauge',
    `evolution_instances_total ${world.instances.size}`,
    '# HELP evolution_instance_up 1 if instance state is open, else 0',
    '# TYPE evolution_instance_up gauge',
  ]
  const states = [
    '# HELP evolution_instance_state Instance state as a label',
    '# TYPE evolution_instance_state gauge',
  ]
  for (const { name, integration, connection } of world.instances.values()) {
    const labels = `instance="${escapeLabel(name)}",integration="${integration}"`
    const state = connection?.state ?? 'unknown'
    lines.push(`evolution_instance_up{${labels}} ${state === 'open' ? 1 : 0}`)
    states.push(`evolution_instance_state{${labels},state="${escapeLabel(state)}"} 1`)
  }
  return `${[...lines, ...states].join('\n')}\n`
}

const escapeLabel = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
