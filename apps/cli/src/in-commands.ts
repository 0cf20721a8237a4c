const COMMANDS: Record<string, string> = {
  'instance.qrCode': 'zapfleet instances connect',
  'instance.move': 'zapfleet instances move',
  'instance.import': 'zapfleet instances import',
  'instance.create': 'zapfleet instances create',
  'instance.update': 'zapfleet instances update',
  'instance.delete': 'zapfleet instances delete',
  'instance.logout': 'zapfleet instances logout',
  'instance.restart': 'zapfleet instances restart',
  'instance.setRestriction': 'zapfleet instances restrict',
  'instance.list': 'zapfleet instances list',
  'instance.get': 'zapfleet instances get',
  'instance.history': 'zapfleet instances history',
  'health.check': 'zapfleet health --check',
  'key.list': 'zapfleet keys list',
  'key.create': 'zapfleet keys create',
  'key.rotate': 'zapfleet keys rotate',
  'key.revoke': 'zapfleet keys revoke',
  'message.list': 'zapfleet messages list',
  'message.get': 'zapfleet messages show',
  'message.cancel': 'zapfleet messages cancel',
  'message.send': 'zapfleet send',
  'webhookEndpoint.list': 'zapfleet webhook-endpoints list',
  'alertRoute.list': 'zapfleet alert-routes list',
  'server.list': 'zapfleet servers list',
  'server.add': 'zapfleet servers add',
  'server.update': 'zapfleet servers update',
  'server.remove': 'zapfleet servers remove',
  'server.check': 'zapfleet servers check',
}

/** A sentence of the API with the commands of this program in the place of procedures. */
export function inCommands(sentence: string): string {
  return sentence.replace(
    /\b(instance|health|key|message|webhookEndpoint|alertRoute|server)\.\w+\b/g,
    (procedure) => COMMANDS[procedure] ?? procedure,
  )
}
