import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Control } from '../control.ts'
import { COMMANDS } from '../control-commands.ts'
import { ControlError, unauthorized } from '../errors.ts'
import { keyOf } from '../guard.ts'
import type { World } from '../world.ts'

/** `/__simulator/*`: the control over HTTP, with the same key. Faults and outages do not apply to it. */
export function controlRoutes(app: FastifyInstance, world: World, control: Control): void {
  const withKey = async (request: FastifyRequest) => {
    if (keyOf(request) !== world.options.apiKey) throw unauthorized()
  }
  const preHandler = withKey

  app.get('/__simulator', { preHandler }, async () => ({
    simulator: 'zapfleet Evolution API simulator',
    instances: world.instances.size,
    whatsappDown: world.whatsappDown,
    commands: Object.keys(COMMANDS),
  }))
  app.get('/__simulator/instances', { preHandler }, async () => control.instances())
  app.get('/__simulator/calls', { preHandler }, async (request) =>
    control.calls(request.query as { method?: string; route?: string; name?: string }),
  )
  app.get('/__simulator/sent', { preHandler }, async (request) =>
    control.sent((request.query as { name?: string }).name),
  )
  app.get('/__simulator/received', { preHandler }, async (request) =>
    control.received((request.query as { to?: string }).to),
  )
  app.get('/__simulator/mishap-counts', { preHandler }, async () => control.mishapCounts())
  app.get('/__simulator/messages', { preHandler }, async (request) =>
    control.messages((request.query as { name?: string }).name ?? ''),
  )
  app.get('/__simulator/updates', { preHandler }, async (request) =>
    control.updates((request.query as { name?: string }).name),
  )
  app.get('/__simulator/webhook-attempts', { preHandler }, async (request) =>
    control.webhookAttempts((request.query as { name?: string }).name),
  )
  app.get('/__simulator/faults', { preHandler }, async () => control.faults())

  app.post('/__simulator/:command', { preHandler }, async (request) => {
    const { command } = request.params as { command: string }
    const act = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
    if (act === undefined) {
      throw new ControlError(
        `There is no command "${command}". There are: ${Object.keys(COMMANDS).join(', ')}.`,
      )
    }
    return { ok: true, result: (await act(control, request.body)) ?? null }
  })
}
