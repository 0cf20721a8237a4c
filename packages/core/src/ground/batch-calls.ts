/** Runs calls in batches: those that arrive while a batch is in flight go into the next one. */
export type BatchedCalls<Input, Output> = {
  call(input: Input): Promise<Output>
  /** Resolves when no call is left. */
  idle(): Promise<void>
}

/**
 * @param run returns one result for each input, in their order; what it throws, each call of its batch throws
 * @param maxBatch default 256
 */
export function batchCalls<Input, Output>(
  run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
  maxBatch = 256,
): BatchedCalls<Input, Output> {
  type Waiting = { input: Input; resolve: (output: Output) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []
  let running: Promise<void> | null = null

  const runAll = async (): Promise<void> => {
    // All calls of this turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch)
      waiting = waiting.slice(maxBatch)
      try {
        const outputs = await run(batch.map((one) => one.input))
        for (const [index, one] of batch.entries()) one.resolve(outputs[index] as Output)
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }
    running = null
  }

  return {
    call: (input) =>
      new Promise((resolve, reject) => {
        waiting.push({ input, resolve, reject })
        running ??= runAll()
      }),
    async idle() {
      while (running !== null) await running
    },
  }
}
