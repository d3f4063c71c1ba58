import { Textarea, TextInput } from '@mantine/core'
import type { HostView } from '@obb/contracts'
import { SecretInput } from '../../shared/secret-inputs.js'
import { m } from '../../shared/text.js'

interface CredentialFieldsProps {
  /** What the adapter of the host asks for. */
  fields: HostView['credentials']
  values: Record<string, string>
  onChange: (values: Record<string, string>) => void
  /** Left empty, a field stays as it is. */
  keeps?: boolean
}

/** The credentials that a host wants, one field each. */
export function CredentialFields({ fields, values, onChange, keeps = false }: CredentialFieldsProps) {
  return fields.map(({ name, label, required, secret, kind }) => {
    const props = {
      autoComplete: 'off',
      label,
      required: required && !keeps,
      value: values[name] ?? '',
      onChange: (event: { currentTarget: { value: string } }) =>
        onChange({ ...values, [name]: event.currentTarget.value }),
      ...(keeps && { description: m.admin_credential_keeps() }),
    }
    if (kind === 'cookies') {
      return (
        <Textarea
          autosize
          description={m.admin_cookies_hint()}
          key={name}
          maxRows={10}
          minRows={3}
          spellCheck={false}
          {...props}
        />
      )
    }
    if (!secret) return <TextInput key={name} {...props} />
    return <SecretInput key={name} {...props} autoComplete="new-password" />
  })
}

/** Those that were filled in. */
export function filledIn(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
