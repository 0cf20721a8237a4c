/** An example number: its input for create, and its part in the demo. */
export type DemoNumber = {
  name: string
  /**
   * Absent for the number that waits for a scan: with a phone number Evolution makes six codes, for 4.5 minutes, and then gives
   * up.
   */
  phoneNumber?: string
  hourlyCapacity: number
  dailyCapacity: number
  priority: number
  /** The number of contacts that it talks to. */
  contacts: number
  role: 'sending' | 'waiting' | 'banned' | 'paused' | 'draining' | 'logged-out'
  /** Its pools; absent: none. */
  tags?: string[]
  /** The Evolution server that has it; absent where there is one. */
  server?: string
}

/** The six numbers of a first start: four send a few messages, one waits for a scan of its QR code, one is banned. */
export const DEMO_NUMBERS: readonly DemoNumber[] = [
  {
    name: 'vendas-01',
    phoneNumber: '+5511990000101',
    hourlyCapacity: 120,
    dailyCapacity: 900,
    priority: 3,
    contacts: 18,
    role: 'sending',
  },
  {
    name: 'vendas-02',
    phoneNumber: '+5511990000102',
    hourlyCapacity: 120,
    dailyCapacity: 900,
    priority: 2,
    contacts: 11,
    role: 'sending',
  },
  {
    name: 'suporte-01',
    phoneNumber: '+5521990000201',
    hourlyCapacity: 90,
    dailyCapacity: 600,
    priority: 2,
    contacts: 14,
    role: 'sending',
  },
  {
    name: 'cobranca-01',
    phoneNumber: '+5531990000301',
    hourlyCapacity: 60,
    dailyCapacity: 300,
    priority: 1,
    contacts: 6,
    role: 'sending',
  },
  {
    name: 'recepcao-01',
    hourlyCapacity: 20,
    dailyCapacity: 100,
    priority: 1,
    contacts: 0,
    role: 'waiting',
  },
  {
    name: 'campanha-01',
    phoneNumber: '+5551990000501',
    hourlyCapacity: 20,
    dailyCapacity: 100,
    priority: 1,
    contacts: 9,
    role: 'banned',
  },
]

/** The contacts of a demo, each with the number that talks to it: those of the numbers that were `made`. */
export function demoContacts(
  numbers: readonly DemoNumber[],
  made: ReadonlySet<string>,
): { id: string; instanceName: string }[] {
  return numbers
    .filter(({ name }) => made.has(name))
    .flatMap(({ name, contacts }) => Array.from({ length: contacts }, () => name))
    .map((instanceName, index) => ({ id: `cliente-${String(index + 1).padStart(2, '0')}`, instanceName }))
}

/** The fields of the API's Instance that the traffic reads. */
export type InstanceReading = {
  name: string
  status: string
  sentThisHour: number
  hourlyCapacity: number
  sentToday: number
  dailyCapacity: number
}

/**
 * The number that sends the demo's next message, or null: one of `own` that is connected and below four fifths of both limits,
 * so that a visitor finds room. A higher `dice` (0 ≤ dice < 1) chooses later in the list.
 */
export function nextSender(
  readings: readonly InstanceReading[],
  own: ReadonlySet<string>,
  dice: number,
): string | null {
  const able = readings.filter(
    (number) =>
      own.has(number.name) &&
      number.status === 'connected' &&
      number.sentThisHour < number.hourlyCapacity * 0.8 &&
      number.sentToday < number.dailyCapacity * 0.8,
  )
  return able[Math.floor(dice * able.length)]?.name ?? null
}
