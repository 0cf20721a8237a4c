import { DEMO_NUMBERS, type DemoNumber } from './demo-numbers.ts'

/** The server of EVOLUTION_API_URL. A number without a server goes to the emptiest one. */
const FIRST_SERVER = 'default'
/** The name of the second Evolution server of the large demo. */
export const SECOND_SERVER = 'evolution-2'

/** Each pool with the number of its numbers, and what its numbers have in common. */
const POOLS = [
  { tag: 'vendas', last: 16, area: '11', hourlyCapacity: 120, dailyCapacity: 900, contacts: 9 },
  { tag: 'suporte', last: 12, area: '21', hourlyCapacity: 90, dailyCapacity: 600, contacts: 7 },
  { tag: 'cobranca', last: 10, area: '31', hourlyCapacity: 60, dailyCapacity: 300, contacts: 5 },
] as const

/** The pools of the numbers of the small demo whose names do not begin with one. */
const POOL_OF: Readonly<Record<string, string>> = { 'recepcao-01': 'suporte', 'campanha-01': 'vendas' }

/** The numbers that do not send. */
const ROLES: Readonly<Record<string, DemoNumber['role']>> = {
  'vendas-05': 'paused',
  'vendas-08': 'logged-out',
  'vendas-11': 'draining',
  'vendas-14': 'banned',
  'vendas-16': 'waiting',
  'suporte-06': 'logged-out',
  'suporte-08': 'paused',
  'suporte-12': 'waiting',
  'cobranca-04': 'logged-out',
  'cobranca-07': 'logged-out',
  'cobranca-10': 'draining',
}

/** The forty numbers of the large demo: those of the small one among them, in three pools, eighteen on the second server. */
export const LARGE_DEMO_NUMBERS: readonly DemoNumber[] = [
  ...DEMO_NUMBERS.map((number) => ({ ...number, tags: [poolOf(number.name)], server: FIRST_SERVER })),
  ...POOLS.flatMap(numbersOf).filter(({ name }) => DEMO_NUMBERS.every((one) => one.name !== name)),
]

function poolOf(name: string): string {
  return POOL_OF[name] ?? name.replace(/-\d+$/, '')
}

function numbersOf({ tag, last, area, ...limits }: (typeof POOLS)[number], pool: number): DemoNumber[] {
  return Array.from({ length: last }, (_, index) => {
    const two = String(index + 1).padStart(2, '0')
    const name = `${tag}-${two}`
    const role = ROLES[name] ?? 'sending'
    return {
      ...limits,
      name,
      ...(role !== 'waiting' && { phoneNumber: `+55${area}9900${String(pool + 1).padStart(3, '0')}${two}` }),
      priority: 1,
      contacts: role === 'waiting' ? 0 : limits.contacts,
      role,
      tags: [tag],
      server: index % 2 === 1 ? SECOND_SERVER : FIRST_SERVER,
    }
  })
}
