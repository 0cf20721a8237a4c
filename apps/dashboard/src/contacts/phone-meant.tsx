import { usePhoneReader } from '../number/phone-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { phoneMeant } from './lookup.ts'

/** Fewer digits are no phone with an area code, more begin with a country code. */
const NATIONAL = /^\d{8,11}$/

/** Offers the phone that an id in digits may mean: bots use the country code, people often leave it out. */
export function PhoneMeant({ id, onShow }: { id: string; onShow: (phone: string) => void }) {
  const { w, f } = useSpeech()
  const phone = phoneMeant(id, usePhoneReader(NATIONAL.test(id)))
  if (phone === null) return null
  return (
    <p>
      <button type="button" className="link" onClick={() => onShow(phone)}>
        {w.contacts.showPhone(f.phone(phone))}
      </button>
    </p>
  )
}
