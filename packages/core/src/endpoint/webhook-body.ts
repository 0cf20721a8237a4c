/** What is posted of one event: `{ type, timestamp, data }`, in the form of Standard Webhooks. `timestamp`: when it happened. */
export function webhookBody(type: string, at: Date, data: object): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data })
}
