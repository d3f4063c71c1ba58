import { Button, Group } from '@mantine/core'
import { HostSelect } from '../shared/host-select.js'
import { CloseIcon } from '../shared/icons.js'
import { KeySelect } from '../shared/key-select.js'
import { SearchInput } from '../shared/search-input.js'
import { m } from '../shared/text.js'
import styles from './filters.module.css'

interface FiltersProps {
  host: string | undefined
  search: string | undefined
  /** Of which package alone the links are shown. */
  package?: string | undefined
  /** With which key they were asked for. */
  keyId: string | undefined
  onChange: (change: {
    host?: string | undefined
    search?: string | undefined
    package?: string | undefined
    key?: string | undefined
  }) => void
}

/** Host, key and words of a list of links; what is set stands in the URL. */
export function Filters({ host, search, package: packageName, keyId, onChange }: FiltersProps) {
  return (
    <Group align="flex-end" gap="sm">
      <SearchInput
        className={styles['words']}
        label={m.filter_words()}
        onChange={(words) => onChange({ search: words })}
        value={search}
      />
      <HostSelect onChange={(platform) => onChange({ host: platform })} value={host} />
      <KeySelect onChange={(key) => onChange({ key })} value={keyId} />
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
