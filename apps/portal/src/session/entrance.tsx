import { Anchor, Container, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import type { Language } from '../api/portal-types.js'
import { LANGUAGES, currentLanguage, m, useSetLanguage } from '../shared/text.js'
import { Mark } from '../shell/mark.js'
import styles from './entrance.module.css'

interface EntranceProps {
  title: string
  lead?: ReactNode
  children: ReactNode
}

/** What stands before the portal: a form in the middle of the page, in the language of whoever comes. */
export function Entrance({ title, lead, children }: EntranceProps) {
  const setLanguage = useSetLanguage()
  useEffect(() => {
    document.title = `${title} · OBB`
  }, [title])
  return (
    <Container className={styles['entrance'] ?? ''} component="main" size={440}>
      <Group gap="sm" justify="center" mb="lg">
        <Mark size={32} />
        <Text component="span" fw={700} size="xl">
          OBB
        </Text>
      </Group>
      <Paper p={{ base: 'md', xs: 'xl' }} radius="lg" shadow="sm" withBorder>
        <Stack gap="md">
          <div>
            <Title order={1}>{title}</Title>
            {lead !== undefined && (
              <Text c="dimmed" mt={4} size="sm">
                {lead}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </Paper>
      <Group component="nav" aria-label={m.language()} gap="lg" justify="center" mt="md">
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Anchor
            aria-current={currentLanguage() === language ? 'true' : undefined}
            component="button"
            key={language}
            lang={language}
            onClick={() => setLanguage(language as Language)}
            py={4}
            size="sm"
            type="button"
            underline={currentLanguage() === language ? 'always' : 'hover'}
          >
            {name}
          </Anchor>
        ))}
        <Anchor href="/docs" py={4} size="sm">
          {m.documentation()}
        </Anchor>
      </Group>
    </Container>
  )
}
