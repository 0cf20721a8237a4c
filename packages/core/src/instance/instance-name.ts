import { z } from 'zod'
import { FleetError } from '../ground/fleet-error.ts'
import { text } from '../ground/text.ts'
import { INSTANCE_LIMITS } from './limits.ts'

const { nameMaxLength, newNamePattern } = INSTANCE_LIMITS
const NAME = new RegExp(newNamePattern)

/** Control and format characters (NUL, line ends, zero-width and direction marks), lone surrogates, and other spaces than " ". */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

/** Whether a new instance may have this name: Evolution accepts any, and then does not find or remove some of them. */
export function isInstanceName(name: string): boolean {
  return NAME.test(name) && !(name in Object.prototype)
}

/** The name of an existing instance. Adopted instances may have any name, so only the length is checked. */
export const instanceName = text(nameMaxLength)

/** The name of a new instance. */
export const newInstanceName = z
  .string()
  .refine(isInstanceName, {
    error:
      'expected 1 to 50 letters (A-Z, a-z), digits, _ or -, and no word that JavaScript gives to every object, such as constructor',
  })
  .meta({ pattern: newNamePattern })

/** @throws FleetError INVALID_INPUT */
export function assertInstanceName(name: string): void {
  if (isInstanceName(name)) return
  throw new FleetError(
    'INVALID_INPUT',
    `An instance name has 1 to 50 letters, digits, "-" or "_", and is no word that JavaScript objects own, such as "constructor"; got ${JSON.stringify(name.slice(0, 60))}.`,
  )
}

/**
 * Why an instance that another program made on Evolution cannot be managed under its name; null: it can. Such names may hold
 * more characters than those of new instances, but must address one instance, on Evolution and to a person's eye.
 */
export function foreignNameProblem(name: string): string | null {
  if (name === '') return 'it has no name'
  if ([...name].length > nameMaxLength) return `its name has more than ${nameMaxLength} characters`
  if (UNSEEN.test(name)) return 'its name has characters that are not seen, such as a NUL or a line end'
  if (name !== name.trim()) return 'its name begins or ends with a space, so that it looks like another name'
  if (name === '.' || name === '..')
    return `its name is "${name}", which no path can hold: it could never be deleted`
  if (name in Object.prototype)
    return `its name is "${name}", a word that JavaScript objects own: Evolution does not find it again`
  return null
}
