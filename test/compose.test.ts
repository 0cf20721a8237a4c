import { readFileSync } from 'node:fs'
import { pageAddress, parseEnvironment, secretsOf } from '@zapfleet/core'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

type Service = { environment: Record<string, string> }
const compose = parse(readFileSync(new URL('../compose.yaml', import.meta.url), 'utf8'), { merge: true }) as {
  services: Record<'api' | 'scheduler' | 'sender', Service>
}

/** The value that Compose inserts for `${NAME:?…}` and `${NAME:-default}`. */
function resolve(environment: Record<string, string>, env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, text]) => [
      name,
      text.replaceAll(
        /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
        (_, variable: string, kind: string | undefined, rest: string) =>
          env[variable] || (kind === '-' ? rest : ''),
      ),
    ]),
  )
}

const KEYS = {
  POSTGRES_PASSWORD: 'password',
  EVOLUTION_API_KEY: 'evolution-key',
  ADMIN_API_KEY: 'admin-key-0123456789-for-tests',
  BOT_API_KEY: 'bot-key-0123456789-for-tests',
}

it.each(['api', 'scheduler'] as const)(
  'compose.yaml lets the %s link alerts to PAGE_URL, and never to the address inside the network',
  (name) => {
    const { environment } = compose.services[name]
    const unset = parseEnvironment(resolve(environment, KEYS))
    expect([unset.publicUrl, pageAddress(unset)]).toEqual(['http://api:3333', null])
    const set = parseEnvironment(resolve(environment, { ...KEYS, PAGE_URL: 'https://zap.example.com' }))
    expect([set.publicUrl, pageAddress(set)]).toEqual(['http://api:3333', 'https://zap.example.com'])
  },
)

it.each(['api', 'scheduler', 'sender'] as const)(
  'compose.yaml gives the %s a password with any characters',
  (name) => {
    const password = `p%ss@w/rd?#:' "&`
    const env = { ...KEYS, POSTGRES_PASSWORD: password }
    const environment = parseEnvironment(resolve(compose.services[name].environment, env))
    const url = new URL(environment.databaseUrl)
    expect(decodeURIComponent(url.password)).toBe(password)
    expect(environment.directUrl).toBe(environment.databaseUrl)
    expect(secretsOf(environment)).toContain(password)
    expect(url.searchParams.get('sslmode')).toBe('disable')
    expect(environment.poolSizes).toEqual({ claims: 4, registry: 8 })
  },
)
