/** A jid whose address part are these digits; other characters are dropped. */
const userJid = (digits: string) => `${digits}@s.whatsapp.net`

/**
 * The jid that Evolution makes of a number before it queries WhatsApp. A full jid stays. A Brazilian mobile number
 * with an area code from 31 on loses its ninth digit, a Mexican one the 1 and an Argentine one the 9 after the
 * country.
 */
export function builtJid(number: string): string {
  if (number.includes('@')) return number.replace(/:\d+@/, '@')
  const digits = number.replace(/\D/g, '')
  const brazil = /^55(\d\d)9([789]\d{7})$/.exec(digits)
  if (brazil !== null && Number(brazil[1]) >= 31) return userJid(`55${brazil[1]}${brazil[2]}`)
  const other = /^(52)1(\d{10})$/.exec(digits) ?? /^(54)9(\d{10})$/.exec(digits)
  return userJid(other === null ? digits : `${other[1]}${other[2]}`)
}

/** Both forms of a Brazilian mobile number, with and without the ninth digit; of any other jid itself. */
export function jidForms(jid: string): string[] {
  const brazil = /^55(\d\d)9?(\d{8})@s\.whatsapp\.net$/.exec(jid)
  if (brazil === null) return [jid]
  const [, area, rest] = brazil
  return [jid, ...[`55${area}9${rest}`, `55${area}${rest}`].map(userJid).filter((form) => form !== jid)]
}

/** Whether Evolution finds a jid again in its table of numbers on WhatsApp: it stores those of other countries under a wrong key. */
export const isCacheable = (jid: string) => /^5[245]\d+@s\.whatsapp\.net$/.test(jid)

/** A LID for a person whose LID no test set: always the same for a phone. */
export const lidOf = (jid: string) => `9${jid.replace(/\D/g, '').padStart(14, '0').slice(-14)}@lid`

/** A jid as a linked device has it. */
export const deviceJid = (jid: string) => jid.replace('@', ':3@')

/** Whether a jid is a group. */
export const isGroup = (jid: string) => jid.endsWith('@g.us')
