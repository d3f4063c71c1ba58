import { Anchor, Container } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { EmptyState } from '../shared/empty-state.js'
import { SearchIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'

export function NotFound() {
  return (
    <Container component="main" size="sm">
      <EmptyState icon={<SearchIcon size={32} />} title={m.not_found_title()}>
        <Anchor component={Link} to="/">
          {m.not_found_home()}
        </Anchor>
      </EmptyState>
    </Container>
  )
}
