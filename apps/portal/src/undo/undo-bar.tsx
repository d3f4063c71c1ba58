import { ActionIcon, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { errorTitle } from '../shared/error-notice.js'
import { CloseIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { hold, letGo, takeBack, usePostponed } from './postponed.js'
import styles from './undo.module.css'

/** What is about to be done, and may be taken back; below the page, as long as there is something. */
export function UndoBar() {
  const postponed = usePostponed()
  return (
    <div aria-live="polite" className={styles['bar']} role="status">
      <Stack gap="xs">
        {postponed.map(({ id, text, failure }) => (
          <Paper
            key={id}
            onBlur={() => letGo(id)}
            onFocus={() => hold(id)}
            onMouseEnter={() => hold(id)}
            onMouseLeave={() => letGo(id)}
            p="sm"
            shadow="md"
            withBorder
          >
            <Group gap="sm" justify="space-between" wrap="nowrap">
              <Text size="sm">
                {failure === undefined ? text : m.undo_failed({ why: errorTitle(failure) })}
              </Text>
              {failure === undefined ? (
                <Button onClick={() => takeBack(id)} size="compact-sm" variant="default">
                  {m.undo()}
                </Button>
              ) : (
                <ActionIcon aria-label={m.close()} color="gray" onClick={() => takeBack(id)} variant="subtle">
                  <CloseIcon size={16} />
                </ActionIcon>
              )}
            </Group>
          </Paper>
        ))}
      </Stack>
    </div>
  )
}
