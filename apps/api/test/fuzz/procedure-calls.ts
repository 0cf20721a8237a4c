import fc from 'fast-check'
import { z } from 'zod'
import { type ProcedureContract, procedureContracts } from '../../src/procedure-contract.ts'
import { type Call, encoded } from './call.ts'
import { anyInput, hostileJson, type Schema } from './json-arbitrary.ts'
import { KNOWN, UNUSED_NAMES } from './world.ts'

type Procedure = { path: string; contract: ProcedureContract; input: fc.Arbitrary<string> }

/**
 * Acts that wait for Evolution until they are done, a second or more each. They are a third as frequent as the
 * others, and mostly have names of no instance; otherwise a run would consist of them.
 */
const SLOW = /^instance\.(create|qrCode|restart|logout|delete|import|onPairing)$|^health\./

function isSlow(procedure: string): boolean {
  return SLOW.test(procedure)
}

/** Calls of one procedure, and of several in a batch. */
export function procedureCalls(): { one: fc.Arbitrary<Call>; several: fc.Arbitrary<Call> } {
  const procedures = [...procedureContracts()].map(([path, contract]) => ({
    path,
    contract,
    input: inputOf(path, contract),
  }))
  const one = fc.oneof(
    ...procedures.map((procedure) => ({
      weight: isSlow(procedure.path) ? 1 : 3,
      arbitrary: oneCall(procedure),
    })),
  )
  return { one, several: batch(procedures.filter(({ path }) => !isSlow(path))) }
}

function inputOf(path: string, { input }: ProcedureContract): fc.Arbitrary<string> {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema
  const known = isSlow(path) ? { ...KNOWN, name: [...(KNOWN.name ?? []), ...UNUSED_NAMES] } : KNOWN
  return anyInput(schema, known)
}

function oneCall({ path, contract: { type }, input }: Procedure): fc.Arbitrary<Call> {
  return fc.tuple(input, fc.nat(19), fc.nat(9)).map(([json, otherMethod, noInput]) => {
    const isGet = otherMethod === 0 ? type === 'mutation' : type !== 'mutation'
    if (noInput === 0)
      return { about: path, method: isGet ? 'GET' : 'POST', target: `/trpc/${path}`, body: null }
    return isGet
      ? { about: path, method: 'GET', target: `/trpc/${path}?input=${encoded(json)}`, body: null }
      : { about: path, method: 'POST', target: `/trpc/${path}`, body: Buffer.from(json) }
  })
}

/** Calls of a batch: of one kind or mixed, their inputs at the right index or not. */
function batch(procedures: readonly Procedure[]): fc.Arbitrary<Call> {
  const part = fc
    .constantFrom(...procedures)
    .chain(({ path, contract, input }) => input.map((json) => ({ path, contract, json })))
  return fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 6 }), fc.boolean(), fc.nat(9), hostileJson)
    .map(([parts, isGet, shift, hostile]) => {
      const paths = parts.map(({ path }) => path)
      const lines = parts.map(({ json }, index) => `"${shift === 0 ? index - 1 : index}":${json}`)
      const inputs = shift === 1 ? hostile : `{${lines.join()}}`
      const path = `/trpc/${shift === 2 ? Array(200).fill(paths[0]).join() : paths.join()}?batch=1`
      return isGet
        ? { about: 'batch', method: 'GET', target: `${path}&input=${encoded(inputs)}`, body: null }
        : { about: 'batch', method: 'POST', target: path, body: Buffer.from(inputs) }
    })
}
