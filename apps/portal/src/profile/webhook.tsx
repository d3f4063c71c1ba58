import { Alert, Button, Code, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import type { NotificationsView } from '@obb/contracts'
import { useState } from 'react'
import { ConfirmButton } from '../shared/confirm-button.js'
import { CopyButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { submitting } from '../shared/form.js'
import { formatTime } from '../shared/format.js'
import { m } from '../shared/text.js'
import { useSetNotifications } from './use-set-notifications.js'

/** Where webhooks go, and by what they are signed. */
export function Webhook({ webhook }: Pick<NotificationsView, 'webhook'>) {
  const set = useSetNotifications()
  const [url, setUrl] = useState('')
  const [secret, show] = useState<string>()
  const change = (body: Parameters<typeof set.mutate>[0]) =>
    set.mutate(body, {
      onSuccess: (changed) => {
        show(changed.secret)
        setUrl('')
      },
    })
  return (
    <Stack gap="sm" maw={640}>
      <Title order={2} size="h4">
        {m.webhook()}
      </Title>
      <Text c="dimmed" size="sm">
        {m.webhook_lead()}
      </Text>
      {webhook && (
        <Group gap="xs" justify="space-between">
          <Text size="sm">{m.webhook_at({ origin: webhook.origin })}</Text>
          <Group gap="xs">
            <ConfirmButton
              color="gray"
              confirm={m.webhook_rotate()}
              onConfirm={() => change({ rotateSecret: true })}
              question={m.webhook_rotate_question()}
              size="compact-sm"
              variant="default"
            >
              {m.webhook_rotate()}
            </ConfirmButton>
            <ConfirmButton
              confirm={m.webhook_remove()}
              onConfirm={() => change({ webhook: null })}
              question={m.webhook_remove_question()}
              size="compact-sm"
              variant="light"
            >
              {m.webhook_remove()}
            </ConfirmButton>
          </Group>
        </Group>
      )}
      {webhook?.failingSince && (
        <Alert
          color="yellow"
          title={m.webhook_fails({ time: formatTime(webhook.failingSince) })}
          variant="light"
        >
          <Text lang="en" size="sm">
            {webhook.error}
          </Text>
        </Alert>
      )}
      {secret !== undefined && (
        <Alert
          closeButtonLabel={m.close()}
          color="green"
          onClose={() => show(undefined)}
          role="status"
          title={m.webhook_secret()}
          variant="light"
          withCloseButton
        >
          <Stack gap="xs">
            <Code block tabIndex={0}>
              {secret}
            </Code>
            <Group gap="xs">
              <CopyButton label={m.webhook_secret_copy()} text={secret} />
              <Text size="xs">{m.webhook_secret_once()}</Text>
            </Group>
          </Stack>
        </Alert>
      )}
      <form onSubmit={submitting(() => change({ webhook: url }))}>
        <Group align="flex-end" gap="xs">
          <TextInput
            flex={1}
            label={webhook ? m.webhook_url_other() : m.webhook_url()}
            miw={220}
            onChange={(event) => setUrl(event.currentTarget.value.trim())}
            placeholder="https://example.org/hook"
            required
            type="url"
            value={url}
          />
          <Button loading={set.isPending} type="submit" variant="default">
            {m.save()}
          </Button>
        </Group>
      </form>
      {set.error && <ErrorNotice error={set.error} />}
    </Stack>
  )
}
