import * as client from '@zapfleet/client'
import * as core from '@zapfleet/core'
import { expect, it } from 'vitest'

it('the limits in the client are those of the API', () => {
  expect(client.INSTANCE_LIMITS).toEqual(core.INSTANCE_LIMITS)
})
