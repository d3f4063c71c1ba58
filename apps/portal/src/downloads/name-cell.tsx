import { Anchor, Text } from '@mantine/core'
import type { ListedLink } from '@obb/contracts'
import { Bytes } from '../shared/figures.js'

/** The name of a link, which opens its details; its host and size below. */
export function NameCell({ link, onOpen }: { link: ListedLink; onOpen: (link: ListedLink) => void }) {
  return (
    <div>
      <Anchor
        c="var(--mantine-color-text)"
        component="button"
        fw={500}
        onClick={() => onOpen(link)}
        size="sm"
        ta="left"
        type="button"
      >
        {link.filename}
      </Anchor>
      <Text c="dimmed" size="xs">
        {link.platform} · <Bytes value={link.filesize} />
      </Text>
    </div>
  )
}
