import { Alert, Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { CheckIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'

/** How many links were taken, and how many were not. */
export function Added({ added, refused }: { added: number; refused: number }) {
  return (
    <Alert color={added > 0 ? 'green' : 'red'} icon={added > 0 ? <CheckIcon /> : undefined} variant="light">
      {added > 0 && (
        <>
          {m.add_added({ count: added })}{' '}
          <Anchor component={Link} size="sm" to="/downloads">
            {m.add_see_downloads()}
          </Anchor>
        </>
      )}
      {refused > 0 && <Text size="sm">{m.add_refused({ count: refused })}</Text>}
    </Alert>
  )
}
