import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { hostsQuery } from '../hosts/hosts-query.js'
import { CloseIcon, SearchIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import styles from './filters.module.css'

interface FiltersProps {
  host: string | undefined
  search: string | undefined
  /** Of which package alone the links are shown. */
  package?: string | undefined
  onChange: (change: {
    host?: string | undefined
    search?: string | undefined
    package?: string | undefined
  }) => void
}

/** Host and words of a list of links; what is set stands in the URL. */
export function Filters({ host, search, package: packageName, onChange }: FiltersProps) {
  const { data } = useQuery(hostsQuery)
  const [words, setWords] = useState(search ?? '')
  const apply = useDebouncedCallback((next: string) => onChange({ search: next.trim() || undefined }), 300)
  const platforms = (data?.supportedhosts ?? []).map(({ platform }) => platform)
  return (
    <Group align="flex-end" gap="sm">
      <TextInput
        aria-label={m.filter_words()}
        className={styles['words'] ?? ''}
        leftSection={<SearchIcon size={16} />}
        maxLength={200}
        onChange={(event) => {
          setWords(event.currentTarget.value)
          apply(event.currentTarget.value)
        }}
        placeholder={m.filter_words()}
        type="search"
        value={words}
      />
      <NativeSelect
        aria-label={m.filter_host()}
        data={[
          { value: '', label: m.filter_all_hosts() },
          ...(host !== undefined && !platforms.includes(host) ? [host] : []),
          ...platforms,
        ]}
        onChange={(event) => onChange({ host: event.currentTarget.value || undefined })}
        value={host ?? ''}
      />
      {packageName !== undefined && (
        <Button
          aria-label={m.package_all({ name: packageName })}
          onClick={() => onChange({ package: undefined })}
          rightSection={<CloseIcon size={14} />}
          size="sm"
          variant="light"
        >
          {packageName}
        </Button>
      )}
    </Group>
  )
}
