/** An example number: what it is created with, and how it lives. */
export type DemoNumber = {
  name: string
  /** Absent for the number that waits: with a phone number Evolution makes six codes, for 4.5 minutes, and then gives up. */
  phoneNumber?: string
  hourlyCapacity: number
  dailyCapacity: number
  priority: number
  /** How many people it talks to. */
  contacts: number
  life: 'sending' | 'waiting' | 'banned'
}

/** The six numbers of a first start: four send a little, one waits for its QR code to be scanned, one is banned. */
export const DEMO_NUMBERS: readonly DemoNumber[] = [
  {
    name: 'vendas-01',
    phoneNumber: '+5511990000101',
    hourlyCapacity: 120,
    dailyCapacity: 900,
    priority: 3,
    contacts: 18,
    life: 'sending',
  },
  {
    name: 'vendas-02',
    phoneNumber: '+5511990000102',
    hourlyCapacity: 120,
    dailyCapacity: 900,
    priority: 2,
    contacts: 11,
    life: 'sending',
  },
  {
    name: 'suporte-01',
    phoneNumber: '+5521990000201',
    hourlyCapacity: 90,
    dailyCapacity: 600,
    priority: 2,
    contacts: 14,
    life: 'sending',
  },
  {
    name: 'cobranca-01',
    phoneNumber: '+5531990000301',
    hourlyCapacity: 60,
    dailyCapacity: 300,
    priority: 1,
    contacts: 6,
    life: 'sending',
  },
  {
    name: 'recepcao-01',
    hourlyCapacity: 20,
    dailyCapacity: 100,
    priority: 1,
    contacts: 0,
    life: 'waiting',
  },
  {
    name: 'campanha-01',
    phoneNumber: '+5551990000501',
    hourlyCapacity: 20,
    dailyCapacity: 100,
    priority: 1,
    contacts: 9,
    life: 'banned',
  },
]

/** The people of the demo, each with the number that talks to them: those of the numbers that were `made`. */
export function demoContacts(made: ReadonlySet<string>): { id: string; instanceName: string }[] {
  return DEMO_NUMBERS.filter(({ name }) => made.has(name))
    .flatMap(({ name, contacts }) => Array.from({ length: contacts }, () => name))
    .map((instanceName, index) => ({ id: `cliente-${String(index + 1).padStart(2, '0')}`, instanceName }))
}

/** What the traffic needs to know of a number; a part of the API's Instance. */
export type Seen = {
  name: string
  status: string
  sentThisHour: number
  hourlyCapacity: number
  sentToday: number
  dailyCapacity: number
}

/**
 * The number that sends the demo's next message, or null: one of `mine` that is connected and, so that a visitor finds
 * room, below four fifths of both limits; the higher `dice` (0 ≤ dice < 1), the later in the list.
 */
export function nextSender(seen: readonly Seen[], mine: ReadonlySet<string>, dice: number): string | null {
  const able = seen.filter(
    (number) =>
      mine.has(number.name) &&
      number.status === 'connected' &&
      number.sentThisHour < number.hourlyCapacity * 0.8 &&
      number.sentToday < number.dailyCapacity * 0.8,
  )
  return able[Math.floor(dice * able.length)]?.name ?? null
}
