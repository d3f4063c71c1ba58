import { PasswordInput, type PasswordInputProps, TextInput, type TextInputProps } from '@mantine/core'
import { m } from './text.js'

/** A secret that may be shown, also by keyboard. */
export function SecretInput(props: PasswordInputProps) {
  return (
    <PasswordInput
      visibilityToggleButtonProps={{ 'aria-label': m.password_show(), 'aria-hidden': false, tabIndex: 0 }}
      {...props}
    />
  )
}

interface ValueProps {
  value: string
  onChange: (value: string) => void
}

export function CurrentPassword({ label, value, onChange }: ValueProps & { label?: string }) {
  return (
    <SecretInput
      autoComplete="current-password"
      label={label ?? m.password_current()}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      value={value}
    />
  )
}

/** A code of the second factor, or a recovery code. */
export function CodeInput({
  hint = m.signin_code_hint(),
  onChange,
  ...props
}: ValueProps & { hint?: string } & Pick<TextInputProps, 'autoFocus'>) {
  return (
    <TextInput
      autoComplete="one-time-code"
      description={hint}
      label={m.signin_code()}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      {...props}
    />
  )
}
