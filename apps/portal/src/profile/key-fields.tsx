import { Checkbox, Stack, TextInput } from '@mantine/core'
import { m } from '../shared/text.js'
import { ALL_SCOPES, SCOPES } from './scopes.js'

interface KeyFieldsProps {
  name: string
  onName: (name: string) => void
  scopes: string[]
  onScopes: (scopes: string[]) => void
}

/** What a new key is called, and what it may. */
export function KeyFields({ name, onName, scopes, onScopes }: KeyFieldsProps) {
  return (
    <>
      <TextInput
        data-autofocus
        description={m.key_name_hint()}
        label={m.key_name()}
        maxLength={64}
        onChange={(event) => onName(event.currentTarget.value)}
        required
        value={name}
      />
      <Checkbox.Group label={m.key_scopes()} onChange={onScopes} value={scopes}>
        <Stack gap="xs" mt={6}>
          {ALL_SCOPES.map((scope) => (
            <Checkbox key={scope} label={SCOPES[scope]()} value={scope} />
          ))}
        </Stack>
      </Checkbox.Group>
    </>
  )
}
