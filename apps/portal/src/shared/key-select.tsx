import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '../profile/keys-query.js'
import { keyUsageQuery } from '../traffic/key-usage-query.js'
import { m } from './text.js'

/** As the server has it: asked for with no key. */
export const NO_KEY = 'none'
/** Days in which keys that are there no more are looked for. */
const DAYS = 90

interface KeySelectProps {
  /** Its id, or NO_KEY; undefined: all. */
  value: string | undefined
  onChange: (key: string | undefined) => void
}

/** With which key something was asked for; keys that were removed are there as long as they used something. */
export function KeySelect({ value, onChange }: KeySelectProps) {
  const keys = useQuery(keysQuery)
  const usage = useQuery(keyUsageQuery(DAYS))
  const names = new Map<string, string>([
    ...(usage.data?.keys ?? []).map(
      ({ keyId, key }) => [keyId ?? NO_KEY, keyId === null ? m.key_none() : (key ?? m.key_gone())] as const,
    ),
    ...(keys.data ?? []).map(({ id, name }) => [id, name] as const),
    [NO_KEY, m.key_none()],
  ])
  if (value !== undefined && !names.has(value)) names.set(value, m.key_gone())
  return (
    <NativeSelect
      aria-label={m.col_key()}
      data={[
        { value: '', label: m.filter_all_keys() },
        ...[...names].map(([id, label]) => ({ value: id, label })),
      ]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
      value={value ?? ''}
    />
  )
}
