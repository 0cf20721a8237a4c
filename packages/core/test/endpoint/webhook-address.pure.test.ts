import { expect, it } from 'vitest'
import { isRefusedAddress, webhookUrlProblem } from '../../src/endpoint/webhook-address.ts'

it.each([
  ['https://bot.example.com/hook?token=1', null],
  ['http://localhost:8000', null],
  ['http://127.0.0.1:8000/', null],
  ['http://10.0.0.5/hook', null],
  ['http://192.168.1.20', null],
  ['http://[::1]:8000/', null],
  ['http://[fd12:3456::1]/', null],
  ['HTTPS://BOT.example.com', null],
  ['', /http or https URL/],
  ['bot.example.com', /http or https URL/],
  ['ftp://bot.example.com', /http or https URL/],
  ['file:///etc/passwd', /http or https URL/],
  ['javascript:alert(1)', /http or https URL/],
  ['http://bot example.com', /http or https URL/],
  ['http://bot.example.com/a b', /http or https URL/],
  ['https://user:planted@bot.example.com', /without a user name/],
  ['https://planted@bot.example.com', /without a user name/],
  ['https://bot.example.com/#part', /without "#"/],
  [`https://bot.example.com/${'a'.repeat(2_000)}`, /at most 2000 characters/],
  ['http://169.254.169.254/latest/meta-data', /link-local/],
  ['http://169.254.0.1', /link-local/],
  // Other spellings of the same addresses.
  ['http://2852039166/', /link-local/],
  ['http://0xa9.0xfe.0xa9.0xfe/', /link-local/],
  ['http://[::ffff:169.254.169.254]/', /link-local/],
  ['http://[64:ff9b::a9fe:a9fe]/', /link-local/],
  ['http://[fe80::1]/', /link-local/],
  ['http://[fd00:ec2::254]/', /link-local/],
  ['http://100.100.100.200/', /link-local/],
])('an address is accepted or refused without its credentials: %s', (text, problem) => {
  const found = webhookUrlProblem(text)
  if (problem === null) expect(found).toBeNull()
  else {
    expect(found).toMatch(problem)
    expect(found).not.toContain('planted')
  }
})

it.each([
  ['169.254.169.254', true],
  ['::ffff:169.254.1.1', true],
  ['::ffff:a9fe:101', true],
  ['fe80::1%eth0', true],
  ['febf::1', true],
  ['168.63.129.16', true],
  ['192.0.0.192', true],
  ['2002:a9fe:a9fe::1', true],
  ['169.253.255.255', false],
  ['169.255.0.0', false],
  ['10.1.2.3', false],
  ['127.0.0.1', false],
  ['::1', false],
  ['fec0::1', false],
  ['bot.example.com', false],
])('%s is refused: %s', (address, isRefused) => {
  expect(isRefusedAddress(address)).toBe(isRefused)
})
