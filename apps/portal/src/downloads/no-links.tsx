import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { EmptyState } from '../shared/empty-state.js'
import { m } from '../shared/text.js'

interface NoLinksProps {
  icon: ReactNode
  /** Where there is nothing at all. */
  title: string
  isFiltered: boolean
}

/** In place of a list of links that has none: another search, or how to get some. */
export function NoLinks({ icon, title, isFiltered }: NoLinksProps) {
  return (
    <EmptyState icon={icon} title={isFiltered ? m.nothing_found() : title}>
      {isFiltered ? (
        m.nothing_found_hint()
      ) : (
        <Anchor component={Link} size="sm" to="/">
          {m.downloads_empty()}
        </Anchor>
      )}
    </EmptyState>
  )
}
