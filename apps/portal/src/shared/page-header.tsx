import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface PageHeaderProps {
  title: string
  /** What the page is for, in a sentence. */
  lead?: ReactNode
  actions?: ReactNode
}

/** The heading of a page, which is the title of the window, too. */
export function PageHeader({ title, lead, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · OBB`
  }, [title])
  return (
    <Group align="flex-start" justify="space-between" mb="lg" wrap="wrap">
      <Stack gap={4} maw="60ch">
        <Title id="page-title" order={1} tabIndex={-1}>
          {title}
        </Title>
        {lead !== undefined && (
          <Text c="dimmed" size="sm">
            {lead}
          </Text>
        )}
      </Stack>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
