import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { hostsQuery } from '../hosts/hosts-query.js'
import { m } from './text.js'

interface HostSelectProps {
  /** Its platform; undefined: all. */
  value: string | undefined
  onChange: (platform: string | undefined) => void
}

/** Of which host a list is; one that is not there any more stays as long as it is chosen. */
export function HostSelect({ value, onChange }: HostSelectProps) {
  const { data } = useQuery(hostsQuery)
  const platforms = (data?.supportedhosts ?? []).map(({ platform }) => platform)
  return (
    <NativeSelect
      aria-label={m.filter_host()}
      data={[
        { value: '', label: m.filter_all_hosts() },
        ...(value !== undefined && !platforms.includes(value) ? [value] : []),
        ...platforms,
      ]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
      value={value ?? ''}
    />
  )
}
