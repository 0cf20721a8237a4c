import { randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** The library's own source fills 32 bytes at a time, which takes longer than the rest of an id. */
const random = new Uint32Array(1_024)
let next = random.length

const generator = new V7Generator({
  nextUint32() {
    if (next === random.length) {
      randomFillSync(random)
      next = 0
    }
    return random[next++] as number
  },
})

/** A UUID of version 7: those of one process increase. */
export function newId(): string {
  return generator.generate().toString()
}
