import { Badge } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { m } from '../shared/text.js'

/** Says when the browser has no network; otherwise nothing is worth a word. */
export function Connection() {
  const { online } = useNetwork()
  return (
    <span role="status">
      {!online && (
        <Badge color="red" variant="light">
          {m.offline()}
        </Badge>
      )}
    </span>
  )
}
