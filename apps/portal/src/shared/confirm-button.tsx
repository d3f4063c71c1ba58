import { Button, type ButtonProps, Group, Popover, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { m } from './text.js'

interface ConfirmButtonProps extends ButtonProps {
  /** What happens, as a question. */
  question: string
  /** The word for doing it. */
  confirm: ReactNode
  onConfirm: () => void
  children: ReactNode
}

/** A button for what cannot be taken back: it asks first. Red, unless it has another colour. */
export function ConfirmButton({ question, confirm, onConfirm, children, ...props }: ConfirmButtonProps) {
  const [opened, setOpened] = useState(false)
  return (
    <Popover
      onChange={setOpened}
      opened={opened}
      position="bottom-end"
      returnFocus
      shadow="md"
      trapFocus
      width={300}
      withArrow
      withRoles={false}
    >
      <Popover.Target>
        <Button
          aria-expanded={opened}
          aria-haspopup="dialog"
          {...(props.color === undefined && { c: 'var(--mantine-color-error)' })}
          variant="default"
          {...props}
          onClick={() => setOpened(!opened)}
        >
          {children}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={question} role="alertdialog">
        <Stack gap="sm">
          <Text size="sm">{question}</Text>
          <Group gap="xs" justify="flex-end">
            <Button onClick={() => setOpened(false)} size="xs" variant="default">
              {m.go_back()}
            </Button>
            <Button
              color="red"
              onClick={() => {
                setOpened(false)
                onConfirm()
              }}
              size="xs"
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
