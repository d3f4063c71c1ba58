import { Alert, Button, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/call.js'
import type { Session } from '../api/portal-types.js'
import { useUser } from '../session/session.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { m } from '../shared/text.js'

/** Where operators go on afterwards: by a page of its own, so that nothing is left of what somebody else was shown. */
const goBack = () => location.assign('/admin/users')

/** Tells an operator on each page as whom it is looked at, and ends that. */
export function ViewBanner({ operator, secondsLeft }: NonNullable<Session['viewing']>) {
  const { email } = useUser()
  useEffect(() => {
    const timer = setTimeout(goBack, secondsLeft * 1_000)
    return () => clearTimeout(timer)
  }, [secondsLeft])
  const end = useMutation({ mutationFn: () => call('DELETE view'), onSuccess: goBack })
  return (
    <Alert color="yellow" mb="lg" role="status" variant="light">
      <Group gap="sm" justify="space-between">
        <Text size="sm">{m.view_banner({ email, operator })}</Text>
        <Button loading={end.isPending} onClick={() => end.mutate()} size="xs" variant="default">
          {m.view_end()}
        </Button>
      </Group>
      {end.error && <ErrorNotice error={end.error} />}
    </Alert>
  )
}
