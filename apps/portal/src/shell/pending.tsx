import { Group, Loader } from '@mantine/core'
import { m } from '../shared/text.js'

export function Pending() {
  return (
    <Group justify="center" py={80} role="status">
      <Loader aria-label={m.loading()} role="status" size="sm" />
    </Group>
  )
}
