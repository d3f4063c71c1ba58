import { Anchor, Group, Text } from '@mantine/core'
import { formatBytes } from '../shared/format.js'
import { FolderIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import type { PackageHead } from './packages.js'

interface PackageCellProps {
  head: PackageHead
  /** Shows the links of this package alone. */
  onOpen: (name: string) => void
}

/** The name of a package above its links, with what they come to. */
export function PackageCell({ head: { package: name, links }, onOpen }: PackageCellProps) {
  const bytes = links.reduce((sum, { filesize }) => sum + Number(filesize), 0)
  return (
    <Group gap="xs" wrap="nowrap">
      <FolderIcon size={16} />
      <div>
        <Anchor
          aria-label={m.package_only({ name })}
          component="button"
          fw={600}
          onClick={() => onOpen(name)}
          size="sm"
          ta="left"
          type="button"
        >
          {name}
        </Anchor>
        <Text c="dimmed" size="xs">
          {m.package_sum({ count: links.length, size: formatBytes(bytes) })}
        </Text>
      </div>
    </Group>
  )
}
