import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: ReactNode
  title: string
  /** What to do next. */
  children?: ReactNode
}

export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <Stack align="center" c="dimmed" gap="xs" mx="auto" maw="46ch" py={56} ta="center">
      {icon}
      <Title c="var(--mantine-color-text)" order={2}>
        {title}
      </Title>
      {typeof children === 'string' ? <Text size="sm">{children}</Text> : children}
    </Stack>
  )
}
