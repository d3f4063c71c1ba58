import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { ApiFailure } from '../api/failure.js'
import { CopyButton } from './copy.js'
import { formatDuration } from './format.js'
import { WarningIcon } from './icons.js'
import { causeOf, nextStep, refusalText } from './refusals.js'
import { m } from './text.js'

/** errorTitle is what went wrong, in a sentence. */
export function errorTitle(error: unknown): string {
  if (!(error instanceof ApiFailure)) return m.error_unexpected()
  return error.http === 0 ? m.error_offline() : refusalText(error.message)
}

/** What somebody needs who is asked for help: no secret is in it. */
function detailsOf(error: unknown): string {
  const facts: [string, unknown][] =
    error instanceof ApiFailure
      ? [
          ['call', error.call],
          ['http', error.http],
          ['status', error.status],
          ['cause', causeOf(error.message)],
          ['msg', error.message],
          ['details', error.details.join('; ')],
          ['request', error.requestId],
        ]
      : [['error', error instanceof Error ? `${error.name}: ${error.message}` : String(error)]]
  const lines = facts.filter(([, value]) => value !== undefined && value !== '')
  return [
    ...lines.map(([name, value]) => `${name}: ${String(value)}`),
    `page: ${location.pathname}`,
    `at: ${new Date().toISOString()}`,
  ].join('\n')
}

interface ErrorNoticeProps {
  error: unknown
  /** With which of several. */
  of?: string
  onRetry?: () => void
}

/** What went wrong, its number, what to do next, and the details to hand on. */
export function ErrorNotice({ error, of, onRetry }: ErrorNoticeProps) {
  const failure = error instanceof ApiFailure ? error : undefined
  const next = failure && nextStep(failure.status, failure.http)
  return (
    <Alert
      color="red"
      icon={<WarningIcon />}
      role="alert"
      title={of === undefined ? errorTitle(error) : m.error_of({ name: of, why: errorTitle(error) })}
      variant="light"
    >
      <Stack gap="xs">
        {next !== undefined && <Text size="sm">{next}</Text>}
        {failure && failure.details.length > 0 && (
          <List size="sm">
            {failure.details.map((detail) => (
              <List.Item key={detail}>{detail}</List.Item>
            ))}
          </List>
        )}
        {failure?.retryInSeconds !== undefined && (
          <Text size="sm">{m.error_retry_in({ time: formatDuration(failure.retryInSeconds) })}</Text>
        )}
        <Group gap="xs">
          {onRetry && (
            <Button onClick={onRetry} size="compact-sm" variant="default">
              {m.try_again()}
            </Button>
          )}
          <CopyButton label={m.error_copy()} text={() => detailsOf(error)} />
          {failure && failure.status > 0 && (
            <Text c="dimmed" size="xs">
              {m.error_number({ number: failure.status })}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
