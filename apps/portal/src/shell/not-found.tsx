import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Entrance } from '../session/entrance.js'
import { m } from '../shared/text.js'

export function NotFound() {
  return (
    <Entrance lead={m.not_found_lead()} title={m.not_found_title()}>
      <Anchor component={Link} to="/">
        {m.not_found_home()}
      </Anchor>
    </Entrance>
  )
}
