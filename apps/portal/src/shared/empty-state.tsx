import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: ReactNode
  title: string
  /** Of its heading: 1 where it is all of a page. */
  order?: 1 | 2
  /** What to do next. */
  children?: ReactNode
}

export function EmptyState({ icon, title, order = 2, children }: EmptyStateProps) {
  return (
    <Stack align="center" c="dimmed" gap="xs" mx="auto" maw="46ch" py={56} ta="center">
      {icon}
      <Title c="var(--mantine-color-text)" order={order} size="h2">
        {title}
      </Title>
      {typeof children === 'string' ? <Text size="sm">{children}</Text> : children}
    </Stack>
  )
}
