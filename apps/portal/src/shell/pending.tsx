import { Center, Loader } from '@mantine/core'
import { m } from '../shared/text.js'

export function Pending() {
  return (
    <Center py={80} role="status">
      <Loader aria-label={m.loading()} role="status" size="sm" />
    </Center>
  )
}
