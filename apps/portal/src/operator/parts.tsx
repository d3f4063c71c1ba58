import {
  Anchor,
  Badge,
  Button,
  Drawer,
  Group,
  Modal,
  Paper,
  Stack,
  Text,
  Title,
  type MantineColor,
} from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { submitting } from '../shared/form.js'
import { m } from '../shared/text.js'
import { useIsPhone } from '../shared/use-is-phone.js'

const close = () => ({ 'aria-label': m.close() })

/** A state in a word; the dot has its colour. */
export function StateBadge({ color, children }: { color: MantineColor; children: ReactNode }) {
  return <Badge color={color}>{children}</Badge>
}

/** What a row is called, which opens its details. */
export function OpenRow({ onOpen, children }: { onOpen: () => void; children: ReactNode }) {
  return (
    <Anchor component="button" fw={500} onClick={onOpen} size="sm" ta="left" type="button">
      {children}
    </Anchor>
  )
}

interface SectionProps {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}

export function Section({ title, lead, actions, children }: SectionProps) {
  return (
    <Paper component="section" p="md" withBorder>
      <Group align="flex-start" gap="xs" justify="space-between" mb={children ? 'sm' : 0}>
        <Stack gap={2} maw="60ch">
          <Title order={2}>{title}</Title>
          {lead !== undefined && (
            <Text c="dimmed" size="sm">
              {lead}
            </Text>
          )}
        </Stack>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Paper>
  )
}

interface DetailsProps {
  title: ReactNode
  /** Undefined: closed. */
  opened: boolean
  onClose: () => void
  children: ReactNode
}

/** The details of a row, beside the list. */
export function Details({ title, opened, onClose, children }: DetailsProps) {
  return (
    <Drawer
      closeButtonProps={close()}
      onClose={onClose}
      opened={opened}
      position="right"
      size="lg"
      title={title}
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="lg">{children}</Stack>
    </Drawer>
  )
}

interface DialogProps {
  title: string
  opened: boolean
  onClose: () => void
  children: ReactNode
}

export function Dialog({ title, opened, onClose, children }: DialogProps) {
  const isPhone = useIsPhone()
  return (
    <Modal
      closeButtonProps={close()}
      fullScreen={isPhone}
      onClose={onClose}
      opened={opened}
      size="lg"
      title={title}
      transitionProps={{ duration: 0 }}
    >
      {children}
    </Modal>
  )
}

interface FormProps {
  submit: string
  operation: { isPending: boolean; error: Error | null }
  onSubmit: () => void
  /** Undefined where there is nothing to go back to. */
  onCancel?: (() => void) | undefined
  children: ReactNode
}

/** The fields of an operation, what kept it from being done, and the button that does it. */
export function OperationForm({ submit, operation, onSubmit, onCancel, children }: FormProps) {
  return (
    <form onSubmit={submitting(onSubmit)}>
      <Stack gap="md">
        {children}
        {operation.error && <ErrorNotice error={operation.error} />}
        <Group gap="xs" justify="flex-end">
          {onCancel && (
            <Button onClick={onCancel} variant="default">
              {m.cancel()}
            </Button>
          )}
          <Button loading={operation.isPending} type="submit">
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Something that is told this once. */
export function OneTime({ label, hint, text }: { label: string; hint: string; text: string }) {
  return (
    <Paper p="sm" role="status" withBorder>
      <Stack gap="xs">
        <Text fw={600} size="sm">
          {label}
        </Text>
        <Text ff="monospace" size="sm">
          {text}
        </Text>
        <Group gap="xs">
          <CopyButton label={m.admin_copy()} text={text} />
        </Group>
        <Text c="dimmed" size="xs">
          {hint}
        </Text>
      </Stack>
    </Paper>
  )
}

/** A button beside what it does, or below where it is narrow. */
export function Action({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Group gap="sm" justify="space-between">
      <Text c="dimmed" flex="1 1 14rem" size="sm">
        {text}
      </Text>
      <div style={{ flexShrink: 0, maxWidth: '100%' }}>{children}</div>
    </Group>
  )
}
