import { expect, it } from 'vitest'
import { inCommands } from '../src/in-commands.ts'

it('replaces the procedures in a sentence of the API by commands', () => {
  expect(inCommands('alertRoute.list shows the names.')).toBe('zapfleet alert-routes list shows the names.')
  expect(inCommands('webhookEndpoint.list shows the names.')).toBe(
    'zapfleet webhook-endpoints list shows the names.',
  )
  expect(inCommands('key.list shows the ids.')).toBe('zapfleet keys list shows the ids.')
  expect(inCommands('Make a new one with key.create.')).toBe('Make a new one with zapfleet keys create.')
  expect(inCommands('Adopt it with instance.import.')).toBe('Adopt it with zapfleet instances import.')
  expect(inCommands('server.list names them all. Move it with instance.move.')).toBe(
    'zapfleet servers list names them all. Move it with zapfleet instances move.',
  )
  expect(inCommands('https://server.example.com stays.')).toBe('https://server.example.com stays.')
  expect(inCommands('instance.unheardOf and monkey.list stay.')).toBe(
    'instance.unheardOf and monkey.list stay.',
  )
})
