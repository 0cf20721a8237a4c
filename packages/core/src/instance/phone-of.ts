/**
 * The number in a WhatsApp id such as `5511988887777:12@s.whatsapp.net`, or in a number as its creator typed it, as E.164;
 * null where there is none.
 */
export function phoneOf(id: string | null): string | null {
  if (id === null || (id.includes('@') && !id.endsWith('@s.whatsapp.net'))) return null
  const digits = id.replace(/[:@].*$/, '').replace(/^\+/, '')
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null
}

/**
 * Whether two numbers, as digits with or without a plus, are the same phone. WhatsApp knows Brazilian mobile numbers of
 * before 2012 without the ninth digit, whatever people dial.
 */
export function isSamePhone(one: string, other: string): boolean {
  return canonical(one) === canonical(other)
}

function canonical(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  return digits.replace(/^(55\d\d)9(\d{8})$/, '$1$2')
}
