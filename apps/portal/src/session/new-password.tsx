import { SecretInput } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'

/** Shortest password that is taken, characters. */
const MIN_PASSWORD = 10

interface NewPasswordProps {
  label?: string
  value: string
  onChange: (value: string) => void
  isShown: boolean
}

/** A password that is chosen: long counts, not what it is made of. */
export function NewPassword({ label, value, onChange, isShown }: NewPasswordProps) {
  const isShort = isShown && [...value].length < MIN_PASSWORD
  return (
    <SecretInput
      autoComplete="new-password"
      description={m.password_rule({ count: MIN_PASSWORD })}
      error={isShort ? m.password_short({ count: MIN_PASSWORD }) : null}
      label={label ?? m.password()}
      maxLength={256}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      value={value}
    />
  )
}

export const isLongEnough = (password: string): boolean => [...password].length >= MIN_PASSWORD
